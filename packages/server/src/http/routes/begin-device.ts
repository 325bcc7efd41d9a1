import { DeviceRequest, DeviceResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `POST /auth/device` */
export const beginDevice = defineRoute({
  method: 'POST',
  path: '/auth/device',
  operationId: 'beginDevice',
  tag: 'Sign-in',
  summary: 'Ask for a key without a browser',
  description:
    'Show `user_code` and `verification_uri` to a person, who types the code in where he is signed in, and poll ' +
    '`/auth/device/token` with `device_code` (the shape is that of RFC 8628, in JSON). Both codes are good for ten ' +
    'minutes. 30 requests in ten minutes come from one address.',
  access: 'visitor',
  body: DeviceRequest,
  bodyExample: { name: 'laptop', scopes: ['read', 'write'] },
  success: {
    status: 200,
    description: 'The codes.',
    schema: DeviceResponse,
    example: {
      device_code: 'q0k3…',
      user_code: 'BCDF-GHJK',
      verification_uri: 'https://memory.example.com/device',
      verification_uri_complete: 'https://memory.example.com/device#BCDF-GHJK',
      expires_in: 600,
      interval: 5,
    },
  },
  handler: ({ devices, address }, { body }) => devices.begin(body, address),
});
