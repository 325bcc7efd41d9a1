import type { StoreResponse } from '@stellar-memory/protocol';
import { epochSeconds } from '../domain/clock.js';
import { addsNothing, isEcho } from '../domain/duplicates.js';
import type { MemoryId } from '../domain/ids.js';
import { type LockedMemory, lockMemory, type NewMemory } from '../storage/statements/memories.js';
import { countStoredAgain, selectKnown } from '../storage/statements/memory-identities.js';
import { insertLinks, type NewLink } from '../storage/statements/memory-links.js';
import { type GrowthUsage, insertMemories } from '../storage/statements/store-memories.js';
import { selectSettings } from '../storage/statements/tenant-settings.js';
import { lockUsage, selectUsage } from '../storage/statements/tenant-usage.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import { noticeSimilar } from './notice-similar.js';
import { changeMemory } from './patch.js';
import { presentLink } from './present.js';
import { growthOf } from './quota.js';
import type { RecallTallies } from './recall-tallies.js';

/** What became of memories of a tenant who has duplicates merged. */
export interface MergingOutcome {
  /** What there is too little of: then nothing was stored or merged. */
  readonly shortOf: 'memories' | 'agents' | null;
  readonly usage: GrowthUsage;
  readonly answers: StoreResponse[];
}

/** What merging goes by. */
export interface Merging extends MemoryDependencies {
  /** Recalls that this node has not written yet. */
  readonly tallies: Pick<RecallTallies, 'lastRecalled'>;
}

/**
 * Stores what is new, and merges what adds nothing to a memory that is there or is stored with it: that one is
 * counted, and as important as the most important of them. What is merged takes no room. What is nearly the same is
 * merged too where the tenant chose so, else linked; contradictions are always linked. What repeats a recall counts for
 * nothing.
 */
export async function storeMerging(
  tx: TenantTransaction,
  merging: Merging,
  memories: readonly NewMemory[],
): Promise<MergingOutcome> {
  const plan = await planMerging(tx, merging, memories);
  const { shortOf, usage, zones } =
    plan.fresh.length === 0
      ? { shortOf: null, usage: await usageOf(tx), zones: null }
      : await insertMemories(tx, plan.fresh);
  if (shortOf !== null) return { shortOf, usage, answers: [] };
  const places = new Map<MemoryId, Place>(
    plan.fresh.map(({ id, zone, score }, at) => [id, { zone: zones?.[at] ?? zone, score }]),
  );
  for (const [id, added] of mergedInto(plan)) places.set(id, await merge(tx, merging, id, added));
  const links = linksOf(plan);
  if (links.length > 0) await insertLinks(tx, links, epochSeconds(merging.clock));
  return { shortOf, usage, answers: answersOf(plan, places, links) };
}

/** What is to become of a new memory. */
interface Planned {
  readonly memory: NewMemory;
  /** Where it goes: its own id when it is stored. */
  readonly into: MemoryId;
  /** It has all that the other one says, and more. */
  readonly saysMore: boolean;
  readonly links: readonly Omit<NewLink, 'id'>[];
}

interface Plan {
  readonly all: readonly Planned[];
  readonly fresh: readonly NewMemory[];
}

async function planMerging(
  tx: TenantTransaction,
  merging: Merging,
  memories: readonly NewMemory[],
): Promise<Plan> {
  const [, { duplicates }, known] = await Promise.all([
    lockUsage(tx),
    selectSettings(tx),
    selectKnown(tx, memories),
  ]);
  const unknown: NewMemory[] = [];
  const same = memories.map((memory, at): MemoryId => {
    const target = known[at] ?? unknown.find((other) => addsNothing(memory, other))?.id;
    if (target === undefined) unknown.push(memory);
    return target ?? memory.id;
  });
  const noticed = await noticeSimilar(tx, merging.index, unknown);
  const near = new Map(
    unknown.map(({ id }, at) => {
      const { double, links } = noticed[at]!;
      const merges =
        double !== undefined &&
        (duplicates === 'merge' || (!double.saysMore && isRecalled(tx, merging, double.known)));
      const target = merges
        ? { into: double.known.id, saysMore: double.saysMore }
        : { into: id, saysMore: false };
      return [id, { ...target, links }];
    }),
  );
  const all = memories.map((memory, at): Planned => {
    const first = near.get(same[at]!);
    if (first === undefined) return { memory, into: same[at]!, saysMore: false, links: [] };
    const links = same[at] === memory.id ? first.links : [];
    return {
      memory,
      ...first,
      links: links.map((link) => ({ ...link, other: near.get(link.other)?.into ?? link.other })),
    };
  });
  return { all, fresh: unknown.filter(({ id }) => near.get(id)!.into === id) };
}

/** Whether it was recalled a moment ago. */
const isRecalled = (
  tx: TenantTransaction,
  { tallies, clock }: Merging,
  { id, lastRecalledAt }: Pick<LockedMemory, 'id' | 'lastRecalledAt'>,
): boolean =>
  [lastRecalledAt, tallies.lastRecalled(tx.userId, id)].some((at) =>
    isEcho(at, epochSeconds(clock)),
  );

/** What is merged into each memory. */
function mergedInto({ all }: Plan): Map<MemoryId, Planned[]> {
  const groups = new Map<MemoryId, Planned[]>();
  for (const planned of all)
    if (planned.into !== planned.memory.id)
      groups.set(planned.into, [...(groups.get(planned.into) ?? []), planned]);
  return groups;
}

interface Place extends Pick<StoreResponse, 'zone' | 'score'> {
  readonly echo?: boolean;
}

/** Counts a memory as stored again, takes over what says more, and makes it as important; answers where it is then. */
async function merge(
  tx: TenantTransaction,
  merging: Merging,
  id: MemoryId,
  added: readonly Planned[],
): Promise<Place> {
  const before = await lockMemory(tx, id);
  if (before === undefined) throw new Error('what a store was merged into is not there');
  const saying = added.findLast(({ saysMore }) => saysMore);
  if (saying === undefined && isRecalled(tx, merging, before))
    return { zone: before.zone, score: before.score, echo: true };
  await countStoredAgain(
    tx,
    added.map(() => id),
  );
  const importance = Math.max(before.importance, ...added.map(({ memory }) => memory.importance));
  if (saying === undefined && importance === before.importance) return before;
  const content = saying?.memory.content;
  const patch = { importance, ...(content === undefined ? {} : { content }) };
  return changeMemory(tx, merging, before, patch, { reason: 'merged' });
}

/** Links of what was stored, or of what it was merged into, with others; of each two one. */
function linksOf({ all }: Plan): NewLink[] {
  const links = new Map<string, NewLink>();
  for (const { into, links: found } of all)
    for (const link of found)
      if (link.other !== into) links.set(`${into} ${link.other}`, { id: into, ...link });
  return [...links.values()];
}

function answersOf(
  { all }: Plan,
  places: ReadonlyMap<MemoryId, Place>,
  links: readonly NewLink[],
): StoreResponse[] {
  return all.map(({ memory, into, links: found }) => {
    const { zone, score, echo } = places.get(into)!;
    const own = found.length === 0 ? [] : links.filter(({ id }) => id === into);
    return {
      id: into,
      zone,
      score,
      ...(into === memory.id ? {} : { merged: true as const }),
      ...(echo === true ? { echo: true as const } : {}),
      ...(own.length === 0 ? {} : { links: own.map(presentLink) }),
    };
  });
}

async function usageOf(tx: TenantTransaction): Promise<GrowthUsage> {
  const usage = await selectUsage(tx);
  if (usage === undefined) throw new Error('the tenant has no counter row');
  return growthOf(usage);
}
