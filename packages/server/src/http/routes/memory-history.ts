import { HistoryQuery, HistoryResponse, memoryIdParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { memoryId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';

/** `GET /api/v1/memories/{id}/history` */
export const memoryHistory = defineRoute({
  method: 'GET',
  path: '/api/v1/memories/{id}/history',
  operationId: 'memoryHistory',
  tag: 'Memories',
  summary: 'What a memory said before',
  description:
    'A PATCH that changes content or metadata keeps what was there, the newest 50 of a memory. The newest first.',
  access: { scope: 'read' },
  params: z.strictObject({ id: memoryIdParameter }),
  query: HistoryQuery,
  success: {
    status: 200,
    description: 'A page of former versions; what it says now is not among them.',
    schema: HistoryResponse,
    example: {
      items: [
        {
          version: 1,
          content: 'Mina prefers light mode.',
          metadata: {},
          importance: 0.8,
          replaced_at: 1_763_900_000,
          reason: 'edited',
        },
      ],
      next_cursor: null,
    },
  },
  handler: ({ life, userId }, { params, query }) =>
    life.history(userId, memoryId(params.id), query),
});
