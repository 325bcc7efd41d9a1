import { RevokeResponse, uuidParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { actorOf } from '../../domain/audit.js';
import { defineRoute } from '../route.js';

/** `DELETE /auth/sessions/{id}` */
export const endSession = defineRoute({
  method: 'DELETE',
  path: '/auth/sessions/{id}',
  operationId: 'endSession',
  tag: 'Sign-in',
  summary: 'Sign a browser out',
  description: 'Effective at once, on every node. One’s own session may be ended too.',
  access: { scope: 'admin' },
  params: z.strictObject({ id: uuidParameter }),
  success: {
    status: 200,
    description: 'The session is over.',
    schema: RevokeResponse,
    example: { revoked: true },
  },
  handler: async ({ signIn, userId, identity }, { params }) => {
    await signIn.endSession(userId, params.id, actorOf(identity.apiKeyId));
    return { revoked: true as const };
  },
});
