import { GraphQuery, GraphResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleMemory } from './examples.js';

/** `GET /api/v1/graph` */
export const memoryGraph = defineRoute({
  method: 'GET',
  path: '/api/v1/graph',
  operationId: 'memoryGraph',
  tag: 'Memories',
  summary: 'Memories about a topic and what ties them together',
  description:
    'Two are tied when they share words that few of the others have. Groups, and who has the most ties, are told beside. ' +
    'Nothing counts as a recall.',
  cost: 5,
  access: { scope: 'read' },
  boundKeys: true,
  query: GraphQuery,
  success: {
    status: 200,
    description: 'The graph.',
    schema: GraphResponse,
    example: {
      nodes: [{ ...exampleMemory, degree: 0, centrality: 0, community: null }],
      ties: [],
      communities: [],
      average_degree: 0,
      density: 0,
    },
  },
  handler: ({ context, userId }, { query }) => context.graph(userId, query),
});
