import { ReorbitResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `POST /api/v1/reorbit` */
export const reorbit = defineRoute({
  method: 'POST',
  path: '/api/v1/reorbit',
  operationId: 'reorbit',
  tag: 'Memories',
  summary: 'Move your memories into their zones now',
  description:
    'Happens by itself within a minute of the moment that GET of a memory names as `fades_at`. ' +
    'What is due moves outward; nothing else is looked at.',
  access: { scope: 'write' },
  success: {
    status: 200,
    description: 'How many moved.',
    schema: ReorbitResponse,
    example: { moved: 3, complete: true },
  },
  handler: ({ memories, userId }) => memories.reorbit(userId),
});
