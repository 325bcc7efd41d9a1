import { ErasureList } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /admin/erasures` */
export const listErasures = defineRoute({
  method: 'GET',
  path: '/admin/erasures',
  operationId: 'listErasures',
  tag: 'Operator',
  summary: 'Accounts that are to be erased, and receipts of those that were',
  access: 'operator',
  success: {
    status: 200,
    description: 'What is waited for, and what is left.',
    schema: ErasureList,
    example: { pending: [], receipts: [] },
  },
  handler: ({ accounts }) => accounts.listErasures(),
});
