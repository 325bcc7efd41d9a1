import { UsageResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

const half = { used: 500, limit: 1_000, percent: 50 };

/** `GET /auth/usage` */
export const getUsage = defineRoute({
  method: 'GET',
  path: '/auth/usage',
  operationId: 'usage',
  tag: 'Account',
  summary: 'What your account has in use and what its tier allows',
  description: 'Exact: counted in the transactions that store and forget.',
  access: { scope: 'read' },
  success: {
    status: 200,
    description: 'What is in use.',
    schema: UsageResponse,
    example: {
      tier: 'free',
      memories: half,
      agents: { used: 1, limit: 1, percent: 100 },
      api_keys: { used: 1, limit: 1, percent: 100 },
      requests_per_minute: 60,
      warnings: [
        { resource: 'agents', percent: 100, limit: 1, warned_at: '2025-11-23T20:00:00.000Z' },
      ],
    },
  },
  handler: ({ usage, userId }) => usage.read(userId),
});
