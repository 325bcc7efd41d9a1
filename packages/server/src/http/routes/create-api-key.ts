import { CreateApiKeyRequest, CreatedApiKey } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleApiKey } from './list-api-keys.js';

/** `POST /auth/api-keys` */
export const createApiKey = defineRoute({
  method: 'POST',
  path: '/auth/api-keys',
  operationId: 'createApiKey',
  tag: 'API keys',
  summary: 'Create an API key',
  description:
    'The answer is the only place where the key itself is ever shown. A key makes keys that may do as much as it or ' +
    'less, and they end when it is revoked.',
  access: { scope: 'admin' },
  boundKeys: true,
  body: CreateApiKeyRequest,
  bodyExample: { name: 'laptop', scopes: ['read', 'write'] },
  success: {
    status: 201,
    description: 'The key. Keep it: it cannot be read again.',
    schema: CreatedApiKey,
    example: { ...exampleApiKey, api_key: 'sm_live_4fGh…' },
  },
  errors: ['quota_exceeded', 'payment_required'],
  handler: ({ apiKeys, identity }, { body }) => apiKeys.create(identity, body),
});
