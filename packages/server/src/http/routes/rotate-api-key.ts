import { CreatedApiKey, RotateApiKeyRequest, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { apiKeyId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleApiKey } from './list-api-keys.js';

/** `POST /auth/api-keys/{id}/rotate` */
export const rotateApiKey = defineRoute({
  method: 'POST',
  path: '/auth/api-keys/{id}/rotate',
  operationId: 'rotateApiKey',
  tag: 'API keys',
  summary: 'Replace an API key by a new one with the same rights',
  description:
    'The old key works on for `overlap_seconds`, so that nothing stops while the new one is handed out. ' +
    'The keys that it made go over to its successor. The number of keys in use stays the same.',
  access: { scope: 'admin' },
  boundKeys: true,
  params: z.strictObject({ id: uuidParameter }),
  body: RotateApiKeyRequest,
  bodyExample: { overlap_seconds: 3_600 },
  success: {
    status: 201,
    description: 'The new key. Keep it: it cannot be read again.',
    schema: CreatedApiKey,
    example: { ...exampleApiKey, api_key: 'sm_live_4fGh…' },
  },
  errors: ['conflict'],
  handler: ({ apiKeys, identity }, { params, body }) =>
    apiKeys.rotate(identity, apiKeyId(params.id), body.overlap_seconds),
});
