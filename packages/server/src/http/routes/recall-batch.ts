import { RecallBatchRequest, RecallBatchResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleRecalled } from './examples.js';

/** `POST /api/v1/recall/batch` */
export const recallBatch = defineRoute({
  method: 'POST',
  path: '/api/v1/recall/batch',
  operationId: 'recallBatch',
  tag: 'Memories',
  summary: 'Recall for up to 20 queries at once',
  description:
    'Each query is answered as if it were asked alone. What is returned counts as recalled once, however many queries it answers.',
  cost: 5,
  access: { scope: 'read' },
  boundKeys: true,
  body: RecallBatchRequest,
  bodyExample: { queries: [{ q: 'dark mode' }, { q: 'reports', metadata: { topic: 'work' } }] },
  success: {
    status: 200,
    description: 'The memories found for each query, in the order of the queries.',
    schema: RecallBatchResponse,
    example: { results: [[exampleRecalled], []] },
    degraded: true,
  },
  handler: async ({ memories, userId, setDegraded }, { body }) => ({
    results: await memories.recallBatch(userId, body.queries, () => setDegraded('embedder')),
  }),
});
