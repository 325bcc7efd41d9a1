import { z } from 'zod';
import { actorOf } from '../../domain/audit.js';
import { defineRoute, StreamAnswer } from '../route.js';

/** `GET /auth/account/export` */
export const exportAccount = defineRoute({
  method: 'GET',
  path: '/auth/account/export',
  operationId: 'exportAccount',
  tag: 'Account',
  summary: 'Everything that is held about your account',
  description:
    'Streams the account, its keys without their text, sessions, purchases, usage, agents, what operators did, forgotten ' +
    'memories that can still be restored, and the audit log as JSON lines ' +
    'with checksums. Your memories, conversations and former versions are in the answer of `export`. Without the line `end` the answer was cut off.',
  cost: 10,
  access: { scope: 'admin' },
  success: {
    status: 200,
    description: 'One object a line: `type`, `data`, `sha256`.',
    contentType: 'application/x-ndjson',
    schema: z.string(),
  },
  handler: ({ audit, userId, identity }) =>
    StreamAnswer.begin(audit.exportAccount(userId, actorOf(identity.apiKeyId))),
});
