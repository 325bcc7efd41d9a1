import { RegisterRequest, RegisterResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleUuid } from './examples.js';

/** `POST /auth/register` */
export const register = defineRoute({
  method: 'POST',
  path: '/auth/register',
  operationId: 'register',
  tag: 'Sign-in',
  summary: 'Sign up or in: get a code by e-mail',
  description:
    'The answer is the same whether there is an account or not. At most five codes wait for one mailbox; beyond them ' +
    'none is sent. An account is made when the code is proved, never before. In ten minutes 30 codes are asked for ' +
    'from one address, and 200 for the mailboxes of one domain.',
  access: 'visitor',
  body: RegisterRequest,
  bodyExample: { email: 'mina@example.com' },
  success: {
    status: 200,
    description: 'A code is on its way.',
    schema: RegisterResponse,
    example: { request: exampleUuid, expires_at: '2025-11-23T20:10:00.000Z' },
  },
  handler: ({ signIn, address }, { body }) => signIn.register(body, address),
});
