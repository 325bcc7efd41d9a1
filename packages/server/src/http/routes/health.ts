import { HealthResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /api/v1/health` */
export const health = defineRoute({
  method: 'GET',
  path: '/api/v1/health',
  operationId: 'health',
  tag: 'Service',
  summary: 'Whether the service is well',
  access: 'open',
  unlimited: true,
  success: {
    status: 200,
    description: 'Always 200; /readyz is for load balancers.',
    schema: HealthResponse,
    example: { healthy: true, warnings: [] },
  },
  handler: async ({ health: probe }) => {
    const problems = await probe.problems();
    return { healthy: problems.length === 0, warnings: [...problems] };
  },
});
