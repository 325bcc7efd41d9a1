import { InspectDeviceRequest, InspectDeviceResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `POST /auth/device/inspect` */
export const inspectDevice = defineRoute({
  method: 'POST',
  path: '/auth/device/inspect',
  operationId: 'inspectDevice',
  tag: 'Sign-in',
  summary: 'See which device shows a code',
  description:
    'For a browser that is signed in, not for keys. 20 codes may be tried in ten minutes.',
  access: { scope: 'admin' },
  body: InspectDeviceRequest,
  bodyExample: { user_code: 'BCDF-GHJK' },
  success: {
    status: 200,
    description: 'The device, as it names itself, and what it asks for.',
    schema: InspectDeviceResponse,
    example: {
      name: 'laptop',
      scopes: ['read', 'write'],
      requested_at: '2025-11-23T20:00:00.000Z',
      expires_at: '2025-11-23T20:10:00.000Z',
    },
  },
  errors: ['not_found'],
  handler: ({ devices, identity }, { body }) => devices.inspect(identity, body.user_code),
});
