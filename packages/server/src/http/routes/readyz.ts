import { ReadyzResponse } from '@stellar-memory/protocol';
import { StellarError } from '../../domain/stellar-error.js';
import { defineRoute } from '../route.js';

/** `GET /readyz` */
export const readyz = defineRoute({
  method: 'GET',
  path: '/readyz',
  operationId: 'readyz',
  tag: 'Service',
  summary: 'Whether the node may take traffic',
  description:
    'The database answers within 500 ms and has the schema of this version; 503 while the node drains.',
  access: 'open',
  unlimited: true,
  success: {
    status: 200,
    description: 'It may.',
    schema: ReadyzResponse,
    example: { ready: true },
  },
  handler: async ({ health, isDraining }) => {
    if (isDraining())
      throw new StellarError('unavailable', { detail: 'This node is shutting down.' });
    const problems = await health.problems();
    if (problems.length > 0) throw new StellarError('unavailable', { detail: problems.join(' ') });
    return { ready: true as const };
  },
});
