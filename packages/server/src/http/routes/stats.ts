import { StatsResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /api/v1/stats` */
export const stats = defineRoute({
  method: 'GET',
  path: '/api/v1/stats',
  operationId: 'stats',
  tag: 'Memories',
  summary: 'Exact counts of your memories by zone',
  access: { scope: 'read' },
  success: {
    status: 200,
    description: 'Counts and capacities; `null` is unlimited.',
    schema: StatsResponse,
    example: {
      total_memories: 42,
      zones: { '0': 2, '1': 10, '2': 30, '3': 0, '4': 0 },
      capacities: { '0': 20, '1': 100, '2': 1000, '3': null, '4': null },
    },
  },
  handler: ({ memories, userId }) => memories.stats(userId),
});
