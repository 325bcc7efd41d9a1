import { type BlockRow, selectBlocks } from '../../storage/statements/index-blocks.js';
import { selectDead } from '../../storage/statements/index-dead.js';
import { type RecentRow, selectRecent } from '../../storage/statements/index-recent.js';
import {
  type IndexHead,
  type MergedIndex,
  selectIndexHead,
  selectMergedIndex,
} from '../../storage/statements/index-states.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import type { IndexState } from './index-state.js';
import { selectHeads } from './merge-snapshot.js';
import { nextState } from './next-state.js';
import type { QueryTerm } from './recent-terms.js';
import { groupParts, Segment } from './segment.js';
import type { SegmentFacts } from './segment-facts.js';

/**
 * The index as the transaction's snapshot has it, with the blocks that the terms need.
 *
 * Trips: one when nothing has changed since the known state, even when blocks must be read; two when memories have
 * changed or nothing is known; three when this node learns of another node's merge.
 * Nothing is ever invalidated: version and generation, read in the same snapshot as the rest, say what is known.
 */
export async function readState(
  tx: TenantTransaction,
  known: IndexState | undefined,
  terms: readonly QueryTerm[],
): Promise<IndexState> {
  if (known === undefined) return readAll(tx, terms);
  const [head, blocks] = await Promise.all([
    selectIndexHead(tx),
    fetchBlocks(tx, segmentsOf(known), terms),
  ]);
  // Another recall with a younger snapshot was faster, and what it knows is no help to this one.
  if (head.version < known.version || head.generation < known.generation) return readAll(tx, terms);
  if (head.generation !== known.generation)
    return readSegments(tx, known, head, await readBeside(tx), terms, blocks);
  keepBlocks(blocks, segmentsOf(known));
  return head.version === known.version ? known : readContinued(tx, known, head);
}

/** Reads the blocks that further terms need of a state of this transaction's snapshot. */
export async function readTerms(
  tx: TenantTransaction,
  state: IndexState,
  terms: readonly QueryTerm[],
): Promise<void> {
  const segments = segmentsOf(state);
  keepBlocks(await fetchBlocks(tx, segments, terms), segments);
}

async function readAll(tx: TenantTransaction, terms: readonly QueryTerm[]): Promise<IndexState> {
  const [head, beside] = await Promise.all([selectIndexHead(tx), readBeside(tx)]);
  return readSegments(tx, undefined, head, beside, terms);
}

const nobody = new Uint32Array(0);

/** The same segments as before: what came and what died. */
async function readContinued(
  tx: TenantTransaction,
  known: IndexState,
  head: IndexHead,
): Promise<IndexState> {
  const came = head.nextDoc - known.nextDoc;
  // Both counts are exact: when every new document is one more memory, none has died.
  const died = came - (head.memories - known.memories);
  const [recent, dead] = await Promise.all([
    came === 0 ? [] : selectRecent(tx, known.nextDoc),
    died === 0 ? nobody : selectDead(tx, known.version),
  ]);
  return nextState(known, { head, segments: undefined, heads: new Map(), recent, dead });
}

/** Everything but what is in segments. */
interface BesideSegments {
  readonly merged: MergedIndex;
  readonly recent: readonly RecentRow[];
  readonly dead: Uint32Array;
}

async function readBeside(tx: TenantTransaction): Promise<BesideSegments> {
  const [merged, recent, dead] = await Promise.all([
    selectMergedIndex(tx),
    selectRecent(tx, 0),
    selectDead(tx, 0),
  ]);
  return { merged, recent, dead };
}

/** Other segments than the known state's, with what lies beside them: that is little after a merge. */
async function readSegments(
  tx: TenantTransaction,
  known: IndexState | undefined,
  head: IndexHead,
  { merged, recent, dead }: BesideSegments,
  terms: readonly QueryTerm[],
  fetched?: FetchedBlocks,
): Promise<IndexState> {
  const here = new Map(known?.segments.map(({ segment }) => [segment.facts.segment, segment]));
  const facts = merged.segments as readonly SegmentFacts[];
  const segments = facts.map((each) => here.get(each.segment) ?? new Segment(each));
  const fresh = facts.filter((each) => !here.has(each.segment));
  if (fetched !== undefined) keepBlocks(fetched, segments);
  const [heads, blocks] = await Promise.all([
    selectHeads(tx, fresh),
    fetchBlocks(tx, segments, terms),
  ]);
  keepBlocks(blocks, segments);
  const headsBySegment = new Map(fresh.map(({ segment }, index) => [segment, heads[index]!]));
  return nextState(known, { head, segments, heads: headsBySegment, recent, dead });
}

const segmentsOf = (state: IndexState): Segment[] => state.segments.map(({ segment }) => segment);

/** Blocks that were read, not yet kept: a segment that the snapshot has no more has no blocks in it either. */
interface FetchedBlocks {
  readonly missing: ReadonlyMap<Segment, readonly number[]>;
  readonly parts: ReadonlyMap<number, readonly BlockRow[]>;
}

async function fetchBlocks(
  tx: TenantTransaction,
  segments: readonly Segment[],
  terms: readonly QueryTerm[],
): Promise<FetchedBlocks> {
  const missing = new Map(segments.map((segment) => [segment, segment.missing(terms)]));
  const addresses = [...missing.values()].flat();
  const rows = addresses.length === 0 ? [] : await selectBlocks(tx, addresses);
  return { missing, parts: groupParts(rows) };
}

function keepBlocks({ missing, parts }: FetchedBlocks, segments: readonly Segment[]): void {
  for (const segment of segments) segment.keep(missing.get(segment) ?? [], parts);
}
