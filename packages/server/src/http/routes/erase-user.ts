import { ErasureResponse, OperatorReason, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { userId } from '../../domain/ids.js';
import { defineRoute } from '../route.js';

/** `DELETE /admin/users/{id}` */
export const eraseUser = defineRoute({
  method: 'DELETE',
  path: '/admin/users/{id}',
  operationId: 'eraseUser',
  tag: 'Operator',
  summary: 'Erase an account and everything in it',
  description:
    'For an owner whom no mail reaches, or whose account has to go. As when the owner asks (`eraseAccount`): it is closed ' +
    'at once, its subscription is cancelled, for seven days `restoreUser` undoes it, then everything is erased but a ' +
    'receipt. Recorded with its reason.',
  access: 'operator',
  params: z.strictObject({ id: uuidParameter }),
  body: OperatorReason,
  bodyExample: { reason: 'Asked for it by letter' },
  success: {
    status: 200,
    description: 'It is closed.',
    schema: ErasureResponse,
    example: { erased_at: '2026-12-01T00:00:00.000Z' },
  },
  errors: ['conflict'],
  handler: ({ accounts }, { params, body }) => accounts.eraseUser(userId(params.id), body),
});
