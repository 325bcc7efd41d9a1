import { PatchUserRequest, User, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { userId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleUser } from './examples.js';

/** `PATCH /admin/users/{id}` */
export const patchUser = defineRoute({
  method: 'PATCH',
  path: '/admin/users/{id}',
  operationId: 'patchUser',
  tag: 'Operator',
  summary: "Change an account's tier, suspend or resume it",
  description:
    'A lower tier deletes nothing: it only refuses growth. Keys of a suspended account answer 403 ' +
    '`account_suspended` within a second. What is done is recorded with its reason.',
  access: 'operator',
  params: z.strictObject({ id: uuidParameter }),
  body: PatchUserRequest,
  bodyExample: { tier: 'promax', reason: 'Beta tester' },
  success: {
    status: 200,
    description: 'The account as it is now.',
    schema: User,
    example: exampleUser,
  },
  errors: ['conflict'],
  handler: ({ accounts }, { params, body }) => accounts.patchUser(userId(params.id), body),
});
