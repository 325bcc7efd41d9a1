import { PatchUserRequest, User, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { userId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleUuid } from './examples.js';

/** `PATCH /admin/users/{id}` */
export const patchUser = defineRoute({
  method: 'PATCH',
  path: '/admin/users/{id}',
  operationId: 'patchUser',
  tag: 'Operator',
  summary: "Change an account's tier",
  description: 'A lower tier deletes nothing: it only refuses growth.',
  access: 'operator',
  params: z.strictObject({ id: uuidParameter }),
  body: PatchUserRequest,
  bodyExample: { tier: 'promax' },
  success: {
    status: 200,
    description: 'The account as it is now.',
    schema: User,
    example: { user_id: exampleUuid, email: 'mina@example.com', tier: 'promax' },
  },
  handler: ({ accounts }, { params, body }) => accounts.patchUser(userId(params.id), body),
});
