import { RestoreAccountResponse, VerifyRequest } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleUuid } from './examples.js';

/** `POST /auth/account/restore` */
export const restoreAccount = defineRoute({
  method: 'POST',
  path: '/auth/account/restore',
  operationId: 'restoreAccount',
  tag: 'Sign-in',
  summary: 'Have a closed account back',
  description:
    'Needs a code for its mailbox. Keys work again; sessions were ended, and a subscription stays cancelled until ' +
    'you resume it.',
  access: 'visitor',
  body: VerifyRequest,
  bodyExample: { request: exampleUuid, code: '1234 5678' },
  success: {
    status: 200,
    description: 'It is open.',
    schema: RestoreAccountResponse,
    example: { restored: true },
  },
  errors: ['unauthorized', 'conflict'],
  handler: async ({ signIn, address }, { body }) => {
    await signIn.undoErasure(body, address);
    return { restored: true as const };
  },
});
