import type { StoreRequest, StoreResponse } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import {
  type GrowthUsage,
  insertMemories,
  type NewMemory,
  type StoreOutcome,
} from '../storage/statements/memories.js';
import type { MemoryDependencies } from './dependencies.js';
import { idempotently } from './idempotently.js';
import type { Idempotency, MemoryService } from './memory-service.js';
import { newMemory } from './new-memory.js';
import { growthRefusal, refuseGrowth } from './quota.js';
import { StoreQueue } from './store-queue.js';

/** A memory that its zone had no room for is where the capacities moved it. */
const answer =
  (zones: StoreOutcome['zones']) =>
  (memory: NewMemory, at: number): StoreResponse => ({
    id: memory.id,
    zone: zones?.[at] ?? memory.zone,
    score: memory.score,
  });

/**
 * `store` and `storeBatch`. Round trips: 1 (the commit travels along), for a batch 2; with an Idempotency-Key 5
 * (claim, look-up, statement, remember, commit).
 */
export function createStore(
  dependencies: MemoryDependencies,
): Pick<MemoryService, 'store' | 'storeBatch'> {
  const queue = new StoreQueue<NewMemory, Stored>((userId, memories) =>
    writeGroup(dependencies, userId, memories),
  );
  return {
    async store(userId: UserId, request: StoreRequest, idempotency, onUsage) {
      const memory = newMemory(request, dependencies);
      if (idempotency === undefined) {
        const { stored, usage } = await queue.add(userId, memory);
        onUsage?.(usage);
        return stored;
      }
      const [stored] = await storeAll(dependencies, userId, [memory], { idempotency, onUsage });
      return stored!;
    },
    async storeBatch(userId, requests, idempotency, onUsage) {
      const memories = inOrderOfIds(requests.map((request) => newMemory(request, dependencies)));
      return storeAll(dependencies, userId, memories, { idempotency, onUsage });
    },
  };
}

/** Ids of one millisecond come in any order: by id, as an export reads them, a conversation must keep its turns. */
function inOrderOfIds(memories: readonly NewMemory[]): NewMemory[] {
  const ids = memories.map(({ id }) => id).toSorted();
  return memories.map((memory, at) => ({ ...memory, id: ids[at]! }));
}

interface Stored {
  readonly stored: StoreResponse;
  /** After the transaction that stored it. */
  readonly usage: GrowthUsage;
}

async function writeGroup(
  dependencies: MemoryDependencies,
  userId: UserId,
  memories: readonly NewMemory[],
): Promise<Stored[] | undefined> {
  const outcome = await dependencies.tenants.withTenant(userId, (tx) =>
    insertMemories(tx.ending, memories),
  );
  const { shortOf, usage, zones } = outcome;
  if (shortOf !== null && memories.length === 1)
    return refuseGrowth(dependencies, userId, shortOf, usage[shortOf]);
  if (shortOf !== null) return undefined;
  noteStored(dependencies, userId, memories.length, usage);
  return memories.map(answer(zones)).map((stored) => ({ stored, usage }));
}

interface StoreOptions {
  readonly idempotency: Idempotency | undefined;
  readonly onUsage: ((usage: GrowthUsage) => void) | undefined;
}

async function storeAll(
  dependencies: MemoryDependencies,
  userId: UserId,
  memories: readonly NewMemory[],
  { idempotency, onUsage }: StoreOptions,
): Promise<StoreResponse[]> {
  let used: GrowthUsage | undefined;
  const answers = await dependencies.tenants.withTenant(userId, (tx) =>
    idempotently(tx, idempotency, async () => {
      const { shortOf, usage, zones } = await insertMemories(tx, memories);
      if (shortOf !== null) throw await growthRefusal(tx, shortOf, usage[shortOf], dependencies);
      used = usage;
      return memories.map(answer(zones));
    }),
  );
  // A repeated answer stored nothing.
  if (used === undefined) return answers;
  noteStored(dependencies, userId, memories.length, used);
  onUsage?.(used);
  return answers;
}

function noteStored(
  { index, warnings }: MemoryDependencies,
  userId: UserId,
  memories: number,
  usage: GrowthUsage,
): void {
  index.noteChange(userId, memories);
  warnings?.note(userId, usage);
}
