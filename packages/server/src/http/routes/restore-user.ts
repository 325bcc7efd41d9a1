import { OperatorReason, User, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { userId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';
import { exampleUser } from './examples.js';

/** `POST /admin/users/{id}/restore` */
export const restoreUser = defineRoute({
  method: 'POST',
  path: '/admin/users/{id}/restore',
  operationId: 'restoreUser',
  tag: 'Operator',
  summary: 'Give back an account that is to be erased',
  description:
    'Whoever had it closed. One that was suspended is suspended again. A subscription stays cancelled until the owner ' +
    'resumes it. Recorded with its reason.',
  access: 'operator',
  params: z.strictObject({ id: uuidParameter }),
  body: OperatorReason,
  bodyExample: { reason: 'It was the wrong account' },
  success: {
    status: 200,
    description: 'The account as it is now.',
    schema: User,
    example: exampleUser,
  },
  errors: ['conflict'],
  handler: ({ accounts }, { params, body }) => accounts.restoreUser(userId(params.id), body),
});
