import { ForgottenQuery, ForgottenResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleForgotten } from './examples.js';

/** `GET /api/v1/forgotten` */
export const listForgotten = defineRoute({
  method: 'GET',
  path: '/api/v1/forgotten',
  operationId: 'listForgotten',
  tag: 'Memories',
  summary: 'List what can be restored, the latest forgotten first',
  description:
    'What was forgotten in the last seven days, unless it was forgotten for good. Then it is erased, and leaves the index within a day. Of an account with limits a million are kept at most, the latest.',
  access: { scope: 'read' },
  query: ForgottenQuery,
  success: {
    status: 200,
    description: 'A page of forgotten memories, as they were.',
    schema: ForgottenResponse,
    example: { items: [exampleForgotten], next_cursor: null },
  },
  handler: ({ life, userId }, { query }) => life.forgotten(userId, query),
});
