import { AuditQuery, AuditResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /auth/audit` */
export const listAudit = defineRoute({
  method: 'GET',
  path: '/auth/audit',
  operationId: 'audit',
  tag: 'Account',
  summary: 'What happened to your account, and who did it',
  description:
    'Keys, sessions, tiers, exports, operators. Rows form a chain of hashes and are never changed.',
  access: { scope: 'admin' },
  query: AuditQuery,
  success: {
    status: 200,
    description: 'One page, newest first.',
    schema: AuditResponse,
    example: {
      items: [
        {
          seq: 1,
          at: '2026-11-24T00:00:00.000Z',
          action: 'key.created',
          actor: 'owner',
          detail: { key: '0193a1b2-0000-7000-8000-000000000001', scopes: ['read'] },
          hash: 'd2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26',
        },
      ],
      next_before: null,
    },
  },
  handler: ({ audit, userId }, { query }) => audit.list(userId, query),
});
