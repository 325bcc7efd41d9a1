import { AgentList, AgentQuery } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /api/v1/agents` */
export const listAgents = defineRoute({
  method: 'GET',
  path: '/api/v1/agents',
  operationId: 'listAgents',
  tag: 'Memories',
  summary: 'List the agents that have memories',
  access: { scope: 'read' },
  query: AgentQuery,
  success: {
    status: 200,
    description: 'In the order of their names, with exact counts.',
    schema: AgentList,
    example: { items: [{ agent_id: 'assistant', memories: 812 }], next_cursor: null },
  },
  handler: ({ context, userId }, { query }) => context.listAgents(userId, query),
});
