import { RecallQuery, RecallResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleRecalled } from './examples.js';

const description = `The most relevant memories first; among nearly equal ones those whose orbit score is higher:
it weighs a tenth at most, and nothing comes before a memory that alone has the word that is looked for. \`score\` is
the relevance. What is returned counts as recalled.
Filters (\`zone\`, \`since\`, \`until\`, \`agent_id\`, \`session_id\`, \`metadata\`, \`min_score\`) narrow before \`limit\`.
Page with \`cursor\`: nothing is repeated or left out while your memories stay as they are. When they change in
between, the next page goes on behind the last memory of the one before, wherever it is ranked now (behind the one
ahead of it, if that one was forgotten or edited); what moved across that place may be repeated or left out.`;

/** `GET /api/v1/recall` */
export const recallMemories = defineRoute({
  method: 'GET',
  path: '/api/v1/recall',
  operationId: 'recall',
  tag: 'Memories',
  summary: 'Recall what matters for a query',
  description,
  access: { scope: 'read' },
  boundKeys: true,
  query: RecallQuery,
  success: {
    status: 200,
    description: 'The memories found, best first.',
    schema: RecallResponse,
    example: [exampleRecalled],
    nextCursor: true,
    degraded: true,
  },
  handler: async ({ memories, userId, setNextCursor, setDegraded }, { query }) => {
    const { items, nextCursor } = await memories.recallPage(userId, query, () =>
      setDegraded('embedder'),
    );
    setNextCursor(nextCursor);
    return items;
  },
});
