import { TimelineQuery, TimelineResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleMemory } from './examples.js';

const { id, content, zone, importance, emotion, created_at } = exampleMemory;

/** `GET /api/v1/timeline` */
export const timeline = defineRoute({
  method: 'GET',
  path: '/api/v1/timeline',
  operationId: 'timeline',
  tag: 'Memories',
  summary: 'Memories in the order in which they happened, newest first',
  access: { scope: 'read' },
  query: TimelineQuery,
  success: {
    status: 200,
    description: 'By `occurred_at`, or by when they were stored.',
    schema: TimelineResponse,
    example: [{ timestamp: created_at, memory_id: id, content, zone, importance, emotion }],
  },
  handler: ({ memories, userId }, { query }) => memories.timeline(userId, query),
});
