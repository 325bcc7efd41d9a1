import { EndSessionRequest, MemorySession, sessionIdParameter } from '@stellar-memory/protocol';
import { z } from 'zod';
import { defineRoute } from '../route.js';
import { exampleSession } from './examples.js';

const description = `Counts what was stored with its \`session_id\` since it began and makes a summary of the most important. The summary is
also stored as a memory of the conversation, so that a later recall finds it, unless the store is full or
\`summarize\` is false. One that has ended is answered as it is, so that a retry is safe.`;

/** `POST /api/v1/sessions/{id}/end` */
export const endMemorySession = defineRoute({
  method: 'POST',
  path: '/api/v1/sessions/{id}/end',
  operationId: 'endMemorySession',
  tag: 'Memories',
  summary: 'End a conversation',
  description,
  access: { scope: 'write' },
  boundKeys: true,
  params: z.strictObject({ id: sessionIdParameter }),
  body: EndSessionRequest,
  bodyExample: {},
  success: {
    status: 200,
    description: 'The conversation with its summary.',
    schema: MemorySession,
    usage: true,
    example: exampleSession,
  },
  handler: ({ context, userId, setUsage }, { params, body }) =>
    context.endSession(userId, params.id, body, { onUsage: setUsage }),
});
