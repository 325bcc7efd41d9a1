import { IntrospectQuery, IntrospectResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /api/v1/introspect` */
export const introspect = defineRoute({
  method: 'GET',
  path: '/api/v1/introspect',
  operationId: 'introspect',
  tag: 'Memories',
  summary: 'What is known about a topic, and what is not',
  description: 'An agent can ask before it answers. Nothing counts as a recall.',
  access: { scope: 'read' },
  boundKeys: true,
  query: IntrospectQuery,
  success: {
    status: 200,
    description: 'What the memories cover, and the words of the topic that none has.',
    schema: IntrospectResponse,
    example: {
      topic: 'dark mode contrast',
      confidence: 0.45,
      coverage: ['dark', 'mode', 'reports', 'korean'],
      gaps: ['contrast'],
      memory_count: 1,
      avg_freshness: 0.9,
      zone_distribution: { '1': 1 },
    },
  },
  handler: ({ context, userId }, { query }) => context.introspect(userId, query),
});
