import { CreatedApiKey, DeviceTokenRequest } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleApiKey } from './list-api-keys.js';

/** `POST /auth/device/token` */
export const pollDevice = defineRoute({
  method: 'POST',
  path: '/auth/device/token',
  operationId: 'pollDevice',
  tag: 'Sign-in',
  summary: 'Take the key, once it is granted',
  description:
    'Poll no sooner than `interval` seconds after the last time. `code` of the problem says what to do: ' +
    '`authorization_pending` to go on, `slow_down` to wait five seconds longer each time, anything else to stop. ' +
    'The key is given once.',
  access: 'visitor',
  body: DeviceTokenRequest,
  bodyExample: { device_code: 'q0k3…' },
  success: {
    status: 200,
    description: 'The key. It cannot be read again.',
    schema: CreatedApiKey,
    example: { ...exampleApiKey, api_key: 'sm_live_4fGh…' },
  },
  errors: [
    'authorization_pending',
    'slow_down',
    'access_denied',
    'expired_token',
    'quota_exceeded',
    'payment_required',
  ],
  handler: ({ devices }, { body }) => devices.poll(body.device_code),
});
