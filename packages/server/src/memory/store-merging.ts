import type { StoreResponse } from '@stellar-memory/protocol';
import { addsNothing } from '../domain/duplicates.js';
import type { MemoryId } from '../domain/ids.js';
import { lockMemory, type NewMemory } from '../storage/statements/memories.js';
import { countStoredAgain, selectKnown } from '../storage/statements/memory-identities.js';
import { type GrowthUsage, insertMemories } from '../storage/statements/store-memories.js';
import { lockUsage, selectUsage } from '../storage/statements/tenant-usage.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import { changeMemory } from './patch.js';
import { growthOf } from './quota.js';

/** What became of memories of a tenant who has duplicates merged. */
export interface MergingOutcome {
  /** What there is too little of: then nothing was stored or merged. */
  readonly shortOf: 'memories' | 'agents' | null;
  readonly usage: GrowthUsage;
  readonly answers: StoreResponse[];
}

/**
 * Stores what is new, and merges what adds nothing to a memory that is there or is stored with it: that one is
 * counted, and as important as the most important of them. What is merged takes no room.
 */
export async function storeMerging(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  memories: readonly NewMemory[],
): Promise<MergingOutcome> {
  const [, known] = await Promise.all([lockUsage(tx), selectKnown(tx, memories)]);
  const fresh: NewMemory[] = [];
  const targets = memories.map((memory, at): MemoryId => {
    const target = known[at] ?? fresh.find((other) => addsNothing(memory, other))?.id;
    if (target === undefined) fresh.push(memory);
    return target ?? memory.id;
  });
  const { shortOf, usage, zones } =
    fresh.length === 0
      ? { shortOf: null, usage: await usageOf(tx), zones: null }
      : await insertMemories(tx, fresh);
  if (shortOf !== null) return { shortOf, usage, answers: [] };
  const again = targets.filter((target, at) => target !== memories[at]!.id);
  await countStoredAgain(tx, again);
  const places = new Map<MemoryId, Place>(
    fresh.map(({ id, zone, score }, at) => [id, { zone: zones?.[at] ?? zone, score }]),
  );
  for (const id of new Set(again)) {
    const importance = Math.max(
      ...memories.filter((_, at) => targets[at] === id).map((memory) => memory.importance),
    );
    places.set(id, await raise(tx, dependencies, id, importance));
  }
  const answers = targets.map((id, at) => {
    const { zone, score } = places.get(id)!;
    return { id, zone, score, ...(id === memories[at]!.id ? {} : { merged: true as const }) };
  });
  return { shortOf, usage, answers };
}

type Place = Pick<StoreResponse, 'zone' | 'score'>;

/** Makes a memory at least so important; answers where it is then. */
async function raise(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  id: MemoryId,
  importance: number,
): Promise<Place> {
  const before = await lockMemory(tx, id);
  if (before === undefined) throw new Error('what a store was merged into is not there');
  if (importance <= before.importance) return before;
  return changeMemory(tx, dependencies, before, { importance });
}

async function usageOf(tx: TenantTransaction): Promise<GrowthUsage> {
  const usage = await selectUsage(tx);
  if (usage === undefined) throw new Error('the tenant has no counter row');
  return growthOf(usage);
}
