import { Settings, SettingsPatch } from '@stellar-memory/protocol';
import { actorOf } from '../../domain/audit.js';
import { defineRoute } from '../route.js';
import { exampleSettings } from './examples.js';

/** `PATCH /api/v1/settings` */
export const patchSettings = defineRoute({
  method: 'PATCH',
  path: '/api/v1/settings',
  operationId: 'patchSettings',
  tag: 'Account',
  summary: 'Choose how your memories are treated',
  description:
    'What is absent stays. With `duplicates: link` or `merge` a merged store answers `merged: true` and the id of the memory that has it, which counts once against the quota and is as important as the most important of its stores; a near one that says more replaces its text, which stays in the history. What was recalled minutes ago and comes back answers `echo: true` and counts for nothing. `links` names memories that it nearly repeats or contradicts.',
  access: { scope: 'admin' },
  body: SettingsPatch,
  bodyExample: { duplicates: 'merge' },
  success: {
    status: 200,
    description: 'What holds from now on.',
    schema: Settings,
    example: exampleSettings,
  },
  handler: ({ life, userId, identity }, { body }) =>
    life.changeSettings(userId, body, actorOf(identity.apiKeyId)),
});
