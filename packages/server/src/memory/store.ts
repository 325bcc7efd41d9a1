import type { StoreRequest, StoreResponse } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { insertMemories, type NewMemory } from '../storage/statements/memories.js';
import { selectUsage, totalMemories } from '../storage/statements/tenant-usage.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import { idempotently } from './idempotently.js';
import type { Idempotency, MemoryService } from './memory-service.js';
import { newMemory } from './new-memory.js';
import { StoreQueue } from './store-queue.js';

const answer = (memory: NewMemory): StoreResponse => ({
  id: memory.id,
  zone: memory.zone,
  score: memory.score,
});

/**
 * `store` and `storeBatch`. Round trips: 2 (statement, commit); with an Idempotency-Key 5
 * (claim, look-up, statement, remember, commit).
 */
export function createStore(
  dependencies: MemoryDependencies,
): Pick<MemoryService, 'store' | 'storeBatch'> {
  const { tenants, index } = dependencies;

  const writeGroup = async (
    userId: UserId,
    memories: readonly NewMemory[],
  ): Promise<StoreResponse[] | undefined> => {
    const stored = await tenants.withTenant(userId, async (tx) => {
      const first = await insertMemories(tx, memories);
      if (first === undefined && memories.length === 1) throw await quotaExceeded(tx, dependencies);
      return first;
    });
    if (stored === undefined) return undefined;
    index.noteChange(userId, memories.length);
    return memories.map(answer);
  };
  const queue = new StoreQueue(writeGroup);

  const storeAll = async (
    userId: UserId,
    memories: readonly NewMemory[],
    idempotency: Idempotency | undefined,
  ): Promise<StoreResponse[]> => {
    const answers = await tenants.withTenant(userId, (tx) =>
      idempotently(tx, idempotency, async () => {
        const first = await insertMemories(tx, memories);
        if (first === undefined) throw await quotaExceeded(tx, dependencies);
        return memories.map(answer);
      }),
    );
    index.noteChange(userId, memories.length);
    return answers;
  };

  return {
    async store(userId: UserId, request: StoreRequest, idempotency?: Idempotency) {
      const memory = newMemory(request, dependencies);
      if (idempotency === undefined) return queue.add(userId, memory);
      const [stored] = await storeAll(userId, [memory], idempotency);
      return stored!;
    },
    async storeBatch(userId, requests, idempotency) {
      const memories = requests.map((request) => newMemory(request, dependencies));
      return storeAll(userId, memories, idempotency);
    },
  };
}

async function quotaExceeded(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
): Promise<StellarError> {
  const usage = await selectUsage(tx);
  if (usage === undefined || usage.memoryLimit === null)
    throw new Error('a tenant without limit or without counters was refused');
  return new StellarError('quota_exceeded', {
    detail: `This account holds ${totalMemories(usage)} of ${usage.memoryLimit} memories.`,
    limit: usage.memoryLimit,
    used: totalMemories(usage),
    ...(dependencies.upgradeUrl === undefined ? {} : { upgrade_url: dependencies.upgradeUrl }),
  });
}
