import { ConfidentQuery, ConfidentResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleRecalled } from './examples.js';

/** `GET /api/v1/recall/confident` */
export const recallConfident = defineRoute({
  method: 'GET',
  path: '/api/v1/recall/confident',
  operationId: 'recallConfident',
  tag: 'Memories',
  summary: 'Recall, and how far to trust it',
  description: 'As `recall`; what is returned counts as recalled.',
  access: { scope: 'read' },
  boundKeys: true,
  query: ConfidentQuery,
  success: {
    status: 200,
    description: 'The memories found, best first, with a confidence.',
    schema: ConfidentResponse,
    example: { memories: [exampleRecalled], confidence: 0.504, warning: null },
  },
  handler: ({ context, userId }, { query }) => context.confident(userId, query),
});
