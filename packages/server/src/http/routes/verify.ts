import { VerifyRequest, VerifyResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleUuid } from './examples.js';

/** `POST /auth/verify` */
export const verify = defineRoute({
  method: 'POST',
  path: '/auth/verify',
  operationId: 'verify',
  tag: 'Sign-in',
  summary: 'Type the code in, and be signed in',
  description:
    'Answers a session cookie (`__Host-stellar-session`), with which a browser may call whatever a key may; writes ' +
    'with it must come from a page of this server (`Origin`). A code serves once, for 10 minutes and 5 tries, and only ' +
    'together with the request that asked for it.',
  access: 'visitor',
  body: VerifyRequest,
  bodyExample: { request: exampleUuid, code: '1234 5678' },
  success: {
    status: 200,
    description: 'Signed in.',
    schema: VerifyResponse,
    example: { user_id: exampleUuid, email: 'mina@example.com', created: true },
  },
  errors: ['unauthorized', 'account_suspended', 'account_closed'],
  handler: async ({ signIn, userAgent, address, setSession }, { body }) => {
    const { answer, token, maxAgeSeconds } = await signIn.verify(body, { userAgent, address });
    setSession(token, maxAgeSeconds);
    return answer;
  },
});
