import { memoryIdParameter, PathQuery, PathResponse } from '@stellar-memory/protocol';
import { z } from 'zod';
import { defineRoute } from '../route.js';
import { exampleMemory } from './examples.js';

/** `GET /api/v1/memories/{id}/path` */
export const memoryPath = defineRoute({
  method: 'GET',
  path: '/api/v1/memories/{id}/path',
  operationId: 'memoryPath',
  tag: 'Memories',
  summary: 'A shortest way from one memory to another',
  description:
    'Follows the same ties as `related`, eight from each memory, and looks at forty memories at most.',
  cost: 5,
  access: { scope: 'read' },
  boundKeys: true,
  params: z.strictObject({ id: memoryIdParameter }),
  query: PathQuery,
  success: {
    status: 200,
    description: 'The memories on the way, or none.',
    schema: PathResponse,
    example: { hops: 0, items: [exampleMemory] },
  },
  handler: ({ context, userId }, { params, query }) => context.path(userId, params.id, query),
});
