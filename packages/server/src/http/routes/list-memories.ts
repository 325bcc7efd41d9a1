import { ListQuery, ListResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleMemory } from './examples.js';

/** `GET /api/v1/memories` */
export const listMemories = defineRoute({
  method: 'GET',
  path: '/api/v1/memories',
  operationId: 'listMemories',
  tag: 'Memories',
  summary: 'List memories, highest orbit score first',
  description:
    'Page with `cursor`: it stays right while memories come and go. `offset` is for clients of v1.',
  access: { scope: 'read' },
  query: ListQuery,
  success: {
    status: 200,
    description: 'One page, and the exact total.',
    schema: ListResponse,
    example: { total: 1, items: [exampleMemory], next_cursor: null },
  },
  handler: ({ memories, userId }, { query }) => memories.list(userId, query),
});
