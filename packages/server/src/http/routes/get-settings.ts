import { Settings } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleSettings } from './examples.js';

/** `GET /api/v1/settings` */
export const getSettings = defineRoute({
  method: 'GET',
  path: '/api/v1/settings',
  operationId: 'getSettings',
  tag: 'Account',
  summary: 'How your memories are treated',
  access: { scope: 'read' },
  success: {
    status: 200,
    description: 'What holds for the whole account.',
    schema: Settings,
    example: exampleSettings,
  },
  handler: ({ life, userId }) => life.settings(userId),
});
