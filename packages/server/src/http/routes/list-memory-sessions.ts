import { MemorySessionList, MemorySessionQuery } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleSession } from './examples.js';

/** `GET /api/v1/sessions` */
export const listMemorySessions = defineRoute({
  method: 'GET',
  path: '/api/v1/sessions',
  operationId: 'listMemorySessions',
  tag: 'Memories',
  summary: 'List conversations, the newest first',
  access: { scope: 'read' },
  boundKeys: true,
  query: MemorySessionQuery,
  success: {
    status: 200,
    description: 'Those that were begun here; a `session_id` alone makes none.',
    schema: MemorySessionList,
    example: { items: [exampleSession], next_cursor: null },
  },
  handler: ({ context, userId }, { query }) => context.listSessions(userId, query),
});
