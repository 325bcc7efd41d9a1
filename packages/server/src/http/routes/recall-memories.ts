import { RecallQuery, RecallResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleRecalled } from './examples.js';

/** `GET /api/v1/recall` */
export const recallMemories = defineRoute({
  method: 'GET',
  path: '/api/v1/recall',
  operationId: 'recall',
  tag: 'Memories',
  summary: 'Recall what matters for a query',
  description: 'The most relevant memories first. What is returned counts as recalled.',
  access: { scope: 'read' },
  query: RecallQuery,
  success: {
    status: 200,
    description: 'The memories found, best first.',
    schema: RecallResponse,
    example: [exampleRecalled],
  },
  handler: ({ memories, userId }, { query }) => memories.recall(userId, query),
});
