import { RevokeResponse, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { apiKeyId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';

/** `DELETE /auth/api-keys/{id}` */
export const revokeApiKey = defineRoute({
  method: 'DELETE',
  path: '/auth/api-keys/{id}',
  operationId: 'revokeApiKey',
  tag: 'API keys',
  summary: 'Revoke an API key',
  description: 'Effective within a second on every node, also for the keys that it made.',
  access: { scope: 'admin' },
  boundKeys: true,
  params: z.strictObject({ id: uuidParameter }),
  success: {
    status: 200,
    description: 'The key is of no use any more.',
    schema: RevokeResponse,
    example: { revoked: true },
  },
  handler: async ({ apiKeys, identity }, { params }) => {
    await apiKeys.revoke(identity, apiKeyId(params.id));
    return { revoked: true as const };
  },
});
