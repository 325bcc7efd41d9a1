import { RecallContextQuery, RecallContextResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleId } from './examples.js';

/** `GET /api/v1/recall/context` */
export const recallContext = defineRoute({
  method: 'GET',
  path: '/api/v1/recall/context',
  operationId: 'recallContext',
  tag: 'Memories',
  summary: 'Recall as a text for a prompt, within a budget of tokens',
  description:
    'Takes the best memories, at most `limit`, as far as they fit, each text once, and puts the newest last. What is in the text counts as recalled.',
  access: { scope: 'read' },
  boundKeys: true,
  query: RecallContextQuery,
  success: {
    status: 200,
    description: 'The text, its estimated tokens and the memories in it.',
    schema: RecallContextResponse,
    example: {
      text: '2025-11-23 Mina: Mina prefers dark mode and writes her reports in Korean.',
      tokens: 22,
      memories: [exampleId],
    },
    degraded: true,
  },
  handler: ({ memories, userId, setDegraded }, { query }) =>
    memories.recallContext(userId, query, () => setDegraded('embedder')),
});
