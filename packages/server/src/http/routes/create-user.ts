import { CreatedUser, CreateUserRequest } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleUuid } from './examples.js';

/** `POST /admin/users` */
export const createUser = defineRoute({
  method: 'POST',
  path: '/admin/users',
  operationId: 'createUser',
  tag: 'Operator',
  summary: 'Create an account and its first API key',
  access: 'operator',
  body: CreateUserRequest,
  bodyExample: { email: 'mina@example.com', tier: 'pro' },
  success: {
    status: 201,
    description: 'The account. Its key is shown here only.',
    schema: CreatedUser,
    example: {
      user_id: exampleUuid,
      email: 'mina@example.com',
      tier: 'pro',
      api_key: 'sm_live_4fGh…',
    },
  },
  errors: ['conflict'],
  handler: ({ accounts }, { body }) => accounts.createUser(body),
});
