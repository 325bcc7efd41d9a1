import { selectBlocks } from '../../storage/statements/index-blocks.js';
import { selectDead } from '../../storage/statements/index-dead.js';
import {
  type RecentRow,
  selectRecent,
  selectRecentBeyond,
} from '../../storage/statements/index-recent.js';
import {
  type IndexSource,
  selectIndexSourceBeyond,
  selectIndexSources,
} from '../../storage/statements/index-sources.js';
import { selectIndexHead, selectMergedIndex } from '../../storage/statements/index-states.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import { headOffset, segmentStart } from './block-address.js';
import { chooseMerge, type MergeChoice, type MergePolicy } from './merge-policy.js';
import { groupParts } from './segment.js';
import type { SegmentFacts } from './segment-facts.js';

/** What a merge starts from, all of one snapshot. */
export interface MergeSnapshot {
  /** Every segment, oldest first. */
  readonly segments: readonly SegmentFacts[];
  readonly choice: MergeChoice;
  /** Heads of the chosen segments, in their order. */
  readonly heads: readonly Uint8Array[];
  readonly recent: readonly RecentRow[];
  /** Memories among the chosen that have no recent row: they came with an adopted database or a repair. */
  readonly unindexed: readonly IndexSource[];
  /** Dead documents among the chosen ones: they go, and so do their rows. */
  readonly dead: Uint32Array;
  /** The chosen documents have numbers from here … */
  readonly firstDoc: number;
  /** … to below here. */
  readonly endDoc: number;
  /** Documents below are in segments after the merge. */
  readonly mergedUntil: number;
  /** Document number that the next memory takes. */
  readonly nextDoc: number;
}

/** What to merge beyond what the policy says. */
export interface MergeWish {
  /** Recent documents however few they are. */
  readonly flush?: boolean | undefined;
  /** Segments with a document that died at this version or before. */
  readonly purgeUntil?: number | undefined;
}

/** Whether there is anything to merge. Reads no documents: one trip, a few rows. */
export async function mergeIsDue(
  tx: TenantTransaction,
  policy: MergePolicy,
  wish: MergeWish = {},
): Promise<boolean> {
  return choose(policy, await readHead(tx, wish), wish) !== undefined;
}

/** Reads what the next merge starts from; `undefined` when there is nothing to merge. Three trips, or four. */
export async function readMergeSnapshot(
  tx: TenantTransaction,
  policy: MergePolicy,
  wish: MergeWish = {},
): Promise<MergeSnapshot | undefined> {
  const head = await readHead(tx, wish);
  const choice = choose(policy, head, wish);
  if (choice === undefined) return undefined;
  const chosen = head.segments.slice(choice.from, choice.to);
  const firstDoc = chosen[0]?.firstDoc ?? head.mergedUntil;
  const [heads, recents] = await Promise.all([
    selectHeads(tx, chosen),
    choice.recent ? readRecents(tx, policy, head) : noRecents(head),
  ]);
  const endDoc = choice.recent ? recents.mergedUntil : chosen.at(-1)!.endDoc;
  const dead = head.dead.filter((doc) => doc >= firstDoc && doc < endDoc);
  const { segments, nextDoc } = head;
  return { segments, nextDoc, choice, heads, ...recents, dead, firstDoc, endDoc };
}

type Recents = Pick<MergeSnapshot, 'recent' | 'unindexed' | 'mergedUntil'>;

const noRecents = ({ mergedUntil }: Head): Recents => ({ recent: [], unindexed: [], mergedUntil });

/** As many recent documents as fit a merge, oldest first. */
async function readRecents(
  tx: TenantTransaction,
  policy: MergePolicy,
  head: Head,
): Promise<Recents> {
  const from = head.mergedUntil;
  const most = Math.min(head.nextDoc, from + policy.recentAtOnce);
  const beyond = (await selectRecentBeyond(tx, from, most, policy.recentBytes)) ?? most;
  // However large, one is always taken.
  const end = Math.max(beyond, from + 1);
  const recent = await selectRecent(tx, from, end);
  const lost = without(from, end, recent, head.dead);
  if (lost.length === 0) return { recent, unindexed: [], mergedUntil: end };
  const tooMany = await selectIndexSourceBeyond(tx, lost, policy.unindexedBytes);
  const mergedUntil = tooMany === undefined ? end : Math.max(tooMany, from + 1);
  const before = (doc: number): boolean => doc < mergedUntil;
  return {
    recent: recent.filter(({ doc }) => before(doc)),
    unindexed: await selectIndexSources(tx, lost.filter(before)),
    mergedUntil,
  };
}

/** The numbers from `from` up to `to` that are neither recent nor dead. */
function without(
  from: number,
  to: number,
  recent: readonly RecentRow[],
  dead: Uint32Array,
): number[] {
  const known = new Set(dead);
  for (const { doc } of recent) known.add(doc);
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  return numbers.filter((doc) => !known.has(doc));
}

interface Head {
  readonly nextDoc: number;
  readonly mergedUntil: number;
  readonly segments: readonly SegmentFacts[];
  readonly dead: Uint32Array;
  /** Those of the dead that must go. */
  readonly purged: Uint32Array;
}

async function readHead(tx: TenantTransaction, { purgeUntil }: MergeWish): Promise<Head> {
  const [{ nextDoc }, { mergedUntil, segments }, dead, purged] = await Promise.all([
    selectIndexHead(tx),
    selectMergedIndex(tx),
    selectDead(tx, 0),
    purgeUntil === undefined ? new Uint32Array(0) : selectDead(tx, 0, purgeUntil),
  ]);
  return { nextDoc, mergedUntil, segments: segments as readonly SegmentFacts[], dead, purged };
}

function choose(
  policy: MergePolicy,
  { segments, dead, purged, nextDoc, mergedUntil }: Head,
  { flush }: MergeWish,
): MergeChoice | undefined {
  const [all, due] = [dead.toSorted(), purged.toSorted()];
  const sizes = segments.map((facts) => ({
    documents: facts.documents,
    dead: countWithin(all, facts),
    mustGo: countWithin(due, facts) > 0,
  }));
  return chooseMerge(policy, sizes, nextDoc - mergedUntil, flush);
}

const countWithin = (sorted: Uint32Array, { firstDoc, endDoc }: SegmentFacts): number =>
  firstAtLeast(sorted, endDoc) - firstAtLeast(sorted, firstDoc);

function firstAtLeast(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Heads of segments, in the order asked for. */
export async function selectHeads(
  tx: TenantTransaction,
  segments: readonly SegmentFacts[],
): Promise<Uint8Array[]> {
  if (segments.length === 0) return [];
  const addresses = segments.map(({ segment }) => segmentStart(segment) + headOffset);
  const parts = groupParts(await selectBlocks(tx, addresses));
  return addresses.map((address) => {
    const rows = parts.get(address);
    if (rows === undefined) throw new Error('a segment has no head');
    return Buffer.concat(rows.map((row) => row.data));
  });
}
