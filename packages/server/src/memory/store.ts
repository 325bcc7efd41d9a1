import type { StoreRequest, StoreResponse } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { type NewMemory } from '../storage/statements/memories.js';
import {
  type GrowthUsage,
  insertUnlessMerging,
  type StoreOutcome,
} from '../storage/statements/store-memories.js';
import type { MemoryDependencies } from './dependencies.js';
import { idempotently } from './idempotently.js';
import type { Idempotency, MemoryService } from './memory-service.js';
import { newMemory } from './new-memory.js';
import { growthRefusal, refuseGrowth } from './quota.js';
import { type Merging, storeMerging } from './store-merging.js';
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
 * (claim, look-up, statement, remember, commit). Who has duplicates merged waits for some more.
 */
export function createStore(
  given: MemoryDependencies,
  tallies: Merging['tallies'],
): Pick<MemoryService, 'store' | 'storeBatch'> {
  const dependencies = { ...given, tallies };
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
  dependencies: Merging,
  userId: UserId,
  memories: readonly NewMemory[],
): Promise<Stored[] | undefined> {
  const { tenants } = dependencies;
  const plain = await tenants.withTenant(userId, (tx) => insertUnlessMerging(tx.ending, memories));
  const { shortOf, usage, answers } =
    plain === undefined
      ? await tenants.withTenant(userId, (tx) => storeMerging(tx, dependencies, memories))
      : { ...plain, answers: memories.map(answer(plain.zones)) };
  if (shortOf !== null && memories.length === 1)
    return refuseGrowth(dependencies, userId, shortOf, usage[shortOf]);
  if (shortOf !== null) return undefined;
  noteStored(dependencies, userId, answers, usage);
  return answers.map((stored) => ({ stored, usage }));
}

interface StoreOptions {
  readonly idempotency: Idempotency | undefined;
  readonly onUsage: ((usage: GrowthUsage) => void) | undefined;
}

async function storeAll(
  dependencies: Merging,
  userId: UserId,
  memories: readonly NewMemory[],
  { idempotency, onUsage }: StoreOptions,
): Promise<StoreResponse[]> {
  let used: GrowthUsage | undefined;
  const answers = await dependencies.tenants.withTenant(userId, (tx) =>
    idempotently(tx, idempotency, async () => {
      const plain = await insertUnlessMerging(tx, memories);
      const {
        shortOf,
        usage,
        answers: stored,
      } = plain === undefined
        ? await storeMerging(tx, dependencies, memories)
        : { ...plain, answers: memories.map(answer(plain.zones)) };
      if (shortOf !== null) throw await growthRefusal(tx, shortOf, usage[shortOf], dependencies);
      used = usage;
      return stored;
    }),
  );
  // A repeated answer stored nothing.
  if (used === undefined) return answers;
  noteStored(dependencies, userId, answers, used);
  onUsage?.(used);
  return answers;
}

function noteStored(
  { index, warnings }: MemoryDependencies,
  userId: UserId,
  answers: readonly StoreResponse[],
  usage: GrowthUsage,
): void {
  index.noteChange(userId, answers.filter(({ merged }) => merged !== true).length);
  warnings?.note(userId, usage);
}
