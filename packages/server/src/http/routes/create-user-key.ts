import { CreateApiKeyRequest, CreatedApiKey, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { userId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleApiKey } from './list-api-keys.js';

/** `POST /admin/users/{id}/api-keys` */
export const createUserKey = defineRoute({
  method: 'POST',
  path: '/admin/users/{id}/api-keys',
  operationId: 'createUserKey',
  tag: 'Operator',
  summary: 'Create an API key for an account that has none',
  description:
    'For the owner of a migrated v1 database, or one who lost every key. Counts towards the tier, but is not refused by it.',
  access: 'operator',
  params: z.strictObject({ id: uuidParameter }),
  body: CreateApiKeyRequest,
  bodyExample: { name: 'from the operator' },
  success: {
    status: 201,
    description: 'The key. Keep it: it cannot be read again.',
    schema: CreatedApiKey,
    example: { ...exampleApiKey, api_key: 'sm_live_4fGh…' },
  },
  handler: ({ accounts }, { params, body }) => accounts.createKey(userId(params.id), body),
});
