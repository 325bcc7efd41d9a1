import { StellarError } from '../domain/stellar-error.js';
import { ownOf } from './as-agent.js';
import type { ContextService } from './context-service.js';

/** What surrounds the account's memories as one agent reaches it: what is his own alone. */
export function contextAsAgent(context: ContextService, agentId: string): ContextService {
  const own = ownOf(agentId);
  return {
    narrate: async (userId, request) => context.narrate(userId, own(request)),
    startSession: async (userId, request) => context.startSession(userId, own(request)),
    endSession: (userId, id, request, options) =>
      context.endSession(userId, id, request, { ...options, agentId }),
    getSession: (userId, id) => context.getSession(userId, id, agentId),
    listSessions: async (userId, query) => context.listSessions(userId, own(query)),
    related: (userId, id, query) => context.related(userId, id, query, agentId),
    path: (userId, id, query) => context.path(userId, id, query, agentId),
    graph: async (userId, query) => context.graph(userId, own(query)),
    introspect: async (userId, query) => context.introspect(userId, own(query)),
    confident: async (userId, query) => context.confident(userId, own(query)),
    listAgents: async () => {
      throw new StellarError('agent_not_allowed');
    },
  };
}
