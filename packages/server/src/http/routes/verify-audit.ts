import { AuditChain } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /auth/audit/chain` */
export const verifyAudit = defineRoute({
  method: 'GET',
  path: '/auth/audit/chain',
  operationId: 'verifyAudit',
  tag: 'Account',
  summary: 'Whether the audit log of your account is whole',
  description: 'Recomputes every hash. A row that was changed or taken away is found.',
  cost: 5,
  access: { scope: 'admin' },
  success: {
    status: 200,
    description: 'What was found.',
    schema: AuditChain,
    example: { rows: 0, broken_at: null, head: null },
  },
  handler: ({ audit, userId }) => audit.chain(userId),
});
