import { ownOf } from './as-agent.js';
import type { ContextService } from './context-service.js';

/** What is told about the account's memories as one agent reaches them: of his own alone. */
export function contextAsAgent(context: ContextService, agentId: string): ContextService {
  const own = ownOf(agentId);
  return {
    narrate: async (userId, request) => context.narrate(userId, own(request)),
  };
}
