import { DecideDeviceRequest, DecideDeviceResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `POST /auth/device/decide` */
export const decideDevice = defineRoute({
  method: 'POST',
  path: '/auth/device/decide',
  operationId: 'decideDevice',
  tag: 'Sign-in',
  summary: 'Grant a device its key, or deny it',
  description:
    'For a browser that is signed in, not for keys. Once: the device then takes the key, which is the account’s like ' +
    'any other and outlives the session.',
  access: { scope: 'admin' },
  body: DecideDeviceRequest,
  bodyExample: { user_code: 'BCDF-GHJK', grant: true },
  success: {
    status: 200,
    description: 'What was decided.',
    schema: DecideDeviceResponse,
    example: { granted: true },
  },
  errors: ['not_found', 'quota_exceeded', 'payment_required'],
  handler: ({ devices, identity }, { body }) => devices.decide(identity, body),
});
