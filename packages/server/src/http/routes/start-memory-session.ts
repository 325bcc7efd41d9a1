import { MemorySession, StartSessionRequest } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleSession } from './examples.js';

/** `POST /api/v1/sessions` */
export const startMemorySession = defineRoute({
  method: 'POST',
  path: '/api/v1/sessions',
  operationId: 'startMemorySession',
  tag: 'Memories',
  summary: 'Begin a conversation',
  description:
    'Store its memories with its `session_id`. One that goes on already is answered as it is, so that a retry is safe.',
  access: { scope: 'write' },
  boundKeys: true,
  body: StartSessionRequest,
  bodyExample: { session_id: 'onboarding' },
  success: {
    status: 200,
    description: 'The conversation.',
    schema: MemorySession,
    example: {
      ...exampleSession,
      ended_at: null,
      memories: null,
      summary: null,
      summary_memory_id: null,
    },
  },
  errors: ['conflict'],
  handler: ({ context, userId }, { body }) => context.startSession(userId, body),
});
