import { StellarError } from '../domain/stellar-error.js';
import type { MemoryService } from './memory-service.js';

/** Whether a memory is within reach: everything, unless one agent acts. */
export const isOf = (
  memory: { readonly agentId: string | null },
  agentId: string | undefined,
): boolean => agentId === undefined || memory.agentId === agentId;

/** What one agent can do with his account's memories. */
export type AgentMemories = Pick<
  MemoryService,
  | 'store'
  | 'storeBatch'
  | 'recall'
  | 'recallPage'
  | 'recallBatch'
  | 'recallContext'
  | 'get'
  | 'patch'
  | 'forget'
  | 'mutate'
>;

/**
 * The account's memories as one agent reaches them: what he stores is his, what is not his is not there.
 * What a request leaves out about the agent is filled in; naming another one is refused, never corrected.
 * Counts, lists and times of the whole account are out of reach.
 *
 * Errors: `agent_not_allowed`, besides those of the operation.
 */
export function asAgent(memories: MemoryService, agentId: string): MemoryService {
  const own = ownOf(agentId);
  const mine: AgentMemories = {
    store: async (userId, request, ...rest) => memories.store(userId, own(request), ...rest),
    storeBatch: async (userId, requests, ...rest) =>
      memories.storeBatch(userId, requests.map(own), ...rest),
    recall: async (userId, query) => memories.recall(userId, own(query)),
    recallPage: async (userId, query, onWordsOnly) =>
      memories.recallPage(userId, own(query), onWordsOnly),
    recallBatch: async (userId, queries, onWordsOnly) =>
      memories.recallBatch(userId, queries.map(own), onWordsOnly),
    recallContext: async (userId, query, onWordsOnly) =>
      memories.recallContext(userId, own(query), onWordsOnly),
    async get(userId, id) {
      const found = await memories.get(userId, id);
      if (found.memory.agent_id !== agentId) throw new StellarError('not_found');
      return found;
    },
    async patch(userId, id, patch, options) {
      refuseOther(patch.agent_id, agentId);
      return memories.patch(userId, id, patch, { ...options, agentId });
    },
    forget: (userId, id, idempotency, options) =>
      memories.forget(userId, id, idempotency, { ...options, agentId }),
    mutate: (userId, mutations, options) =>
      memories.mutate(userId, mutations, { ...options, agentId }),
  };
  return { ...refusing, ...mine };
}

/** A request as the agent's own. Errors: `agent_not_allowed` when it names another. */
export const ownOf =
  (agentId: string) =>
  <Request extends { readonly agent_id?: string | undefined }>(request: Request) => {
    refuseOther(request.agent_id, agentId);
    return { ...request, agent_id: agentId };
  };

/** `null` would give a memory away, which is naming another. */
function refuseOther(named: string | null | undefined, agentId: string): void {
  if (named === undefined || named === agentId) return;
  throw new StellarError('agent_not_allowed', {
    detail: `This key is bound to the agent ${agentId}.`,
  });
}

const refuse = async (): Promise<never> => {
  throw new StellarError('agent_not_allowed', {
    detail: 'This operation reaches memories of every agent; this key is bound to one.',
  });
};

/** What is not said to keep to one agent is refused, so that an operation added later is closed to bound keys. */
const refusing: Omit<MemoryService, keyof AgentMemories> = {
  list: refuse,
  timeline: refuse,
  stats: refuse,
  reorbit: refuse,
  flush: refuse,
};
