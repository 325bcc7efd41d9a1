import { z } from 'zod';
import { actorOf } from '../../domain/audit.js';
import { defineRoute, StreamAnswer } from '../route.js';

/** `GET /api/v1/export` */
export const exportMemories = defineRoute({
  method: 'GET',
  path: '/api/v1/export',
  operationId: 'export',
  tag: 'Memories',
  summary: 'Take all memories with you',
  description:
    'Streams a header, the conversations, every memory with its recalls, zone and times, former versions, links, and an end ' +
    'that says how many memories they were; one JSON object a line, each with its checksum. A memory that exists from ' +
    'beginning to end is in it once. Without the end the answer was cut off.',
  cost: 10,
  access: { scope: 'read' },
  success: {
    status: 200,
    description: 'Lines that `import` takes.',
    contentType: 'application/x-ndjson',
    schema: z.string(),
  },
  handler: ({ transfer, userId, identity }) =>
    StreamAnswer.begin(transfer.exportAll(userId, actorOf(identity.apiKeyId))),
});
