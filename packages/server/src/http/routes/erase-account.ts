import { ErasureResponse, VerifyRequest } from '@stellar-memory/protocol';
import { actorOf } from '../../domain/audit.js';
import { defineRoute } from '../route.js';
import { exampleUuid } from './examples.js';

/** `DELETE /auth/account` */
export const eraseAccount = defineRoute({
  method: 'DELETE',
  path: '/auth/account',
  operationId: 'eraseAccount',
  tag: 'Sign-in',
  summary: 'Erase your account and everything in it',
  description:
    'Needs a code for the mailbox of the account, as `register` sends it. The account is closed at once: keys and ' +
    'sessions answer 403, and a subscription is cancelled. For seven days `restoreAccount` undoes it; then memories, ' +
    'keys, purchases and the account itself are erased, and a receipt with the number of rows is mailed.',
  cost: 10,
  access: { scope: 'admin' },
  body: VerifyRequest,
  bodyExample: { request: exampleUuid, code: '1234 5678' },
  success: {
    status: 200,
    description: 'It is closed.',
    schema: ErasureResponse,
    example: { erased_at: '2026-12-01T00:00:00.000Z' },
  },
  handler: ({ signIn, userId, identity }, { body }) =>
    signIn.requestErasure(userId, actorOf(identity.apiKeyId), body),
});
