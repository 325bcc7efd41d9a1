import { MemorySession, sessionIdParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { defineRoute } from '../route.js';
import { exampleSession } from './examples.js';

/** `GET /api/v1/sessions/{id}` */
export const getMemorySession = defineRoute({
  method: 'GET',
  path: '/api/v1/sessions/{id}',
  operationId: 'getMemorySession',
  tag: 'Memories',
  summary: 'Read a conversation',
  access: { scope: 'read' },
  boundKeys: true,
  params: z.strictObject({ id: sessionIdParameter }),
  success: {
    status: 200,
    description: 'The conversation; while it goes on, with what was stored so far counted.',
    schema: MemorySession,
    example: exampleSession,
  },
  handler: ({ context, userId }, { params }) => context.getSession(userId, params.id),
});
