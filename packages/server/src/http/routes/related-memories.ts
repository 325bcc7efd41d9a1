import { memoryIdParameter, RelatedQuery, RelatedResponse } from '@stellar-memory/protocol';
import { z } from 'zod';
import { defineRoute } from '../route.js';
import { exampleId, exampleMemory } from './examples.js';

const otherId = '0199f3a2-9d40-7c11-8f02-5b7a1c2d3e4f';

/** `GET /api/v1/memories/{id}/related` */
export const relatedMemories = defineRoute({
  method: 'GET',
  path: '/api/v1/memories/{id}/related',
  operationId: 'relatedMemories',
  tag: 'Memories',
  summary: 'What lies near a memory',
  description:
    'Ties are derived from the texts at the moment of asking: what the memory finds when its own text is the query. ' +
    'Nothing counts as a recall.',
  cost: 5,
  access: { scope: 'read' },
  boundKeys: true,
  params: z.strictObject({ id: memoryIdParameter }),
  query: RelatedQuery,
  success: {
    status: 200,
    description: 'The nearest first.',
    schema: RelatedResponse,
    example: {
      items: [{ ...exampleMemory, id: otherId, hops: 1, weight: 0.42 }],
      ties: [{ from: exampleId, to: otherId, weight: 0.42 }],
    },
  },
  handler: ({ context, userId }, { params, query }) => context.related(userId, params.id, query),
});
