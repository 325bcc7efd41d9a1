import { type ApiKey, ApiKeyList } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleUuid } from './examples.js';

export const exampleApiKey: ApiKey = {
  id: exampleUuid,
  name: 'laptop',
  prefix: 'sm_live_4fGh',
  last4: 'x9Qe',
  scopes: ['read', 'write'],
  created_at: '2025-11-23T20:00:00.000Z',
  last_used_at: null,
  expires_at: null,
  agent_id: null,
  parent_id: null,
  replaced_by: null,
};

/** `GET /auth/api-keys` */
export const listApiKeys = defineRoute({
  method: 'GET',
  path: '/auth/api-keys',
  operationId: 'listApiKeys',
  tag: 'API keys',
  summary: 'List your API keys, without their secrets',
  description: 'The key that asks, and those that may do nothing it may not.',
  access: { scope: 'admin' },
  boundKeys: true,
  success: {
    status: 200,
    description: 'The keys in use.',
    schema: ApiKeyList,
    example: { items: [exampleApiKey] },
  },
  handler: async ({ apiKeys, identity }) => ({ items: await apiKeys.list(identity) }),
});
