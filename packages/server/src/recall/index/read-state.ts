import { type BlockRow, selectBlocks } from '../../storage/statements/index-blocks.js';
import { selectDead } from '../../storage/statements/index-dead.js';
import { type RecentRow, selectRecent } from '../../storage/statements/index-recent.js';
import { type IndexHead, selectIndexHead } from '../../storage/statements/index-states.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import type { IndexState } from './index-state.js';
import { selectDocuments } from './merge-snapshot.js';
import { nextState } from './next-state.js';
import type { QueryTerm } from './recent-terms.js';
import { groupParts, Segment } from './segment.js';
import type { SegmentFacts } from './segment-facts.js';

/**
 * The index as the transaction's snapshot has it, with the blocks that the terms need.
 *
 * One trip when nothing has changed since the known state, even when blocks must be read; one more to read what is
 * new. Nothing is ever invalidated: version and generation, read in the same snapshot as the rest, say what is known.
 */
export async function readState(
  tx: TenantTransaction,
  known: IndexState | undefined,
  terms: readonly QueryTerm[],
): Promise<IndexState> {
  if (known === undefined) return readAll(tx, terms);
  const [head, blocks] = await Promise.all([
    readHead(tx, known.generation),
    fetchBlocks(tx, segmentsOf(known), terms),
  ]);
  // Another recall with a younger snapshot was faster, and what it knows is no help to this one.
  if (head.version < known.version || head.generation < known.generation) return readAll(tx, terms);
  if (head.segments !== null) {
    const segments = resolveSegments(known, head);
    keepBlocks(blocks, segments);
    return readReplaced(tx, known, head, segments, terms);
  }
  keepBlocks(blocks, segmentsOf(known));
  return head.version === known.version ? known : readContinued(tx, known, head);
}

async function readAll(tx: TenantTransaction, terms: readonly QueryTerm[]): Promise<IndexState> {
  const [head, recent, dead] = await Promise.all([
    readHead(tx, -1),
    selectRecent(tx, 0),
    selectDead(tx, 0),
  ]);
  const segments = resolveSegments(undefined, head);
  return readReplaced(tx, undefined, head, segments, terms, { recent, dead });
}

/** The same segments as before: what came and what died. */
async function readContinued(
  tx: TenantTransaction,
  known: IndexState,
  head: IndexHead,
): Promise<IndexState> {
  const [recent, dead] = await Promise.all([
    head.nextDoc === known.nextDoc ? [] : selectRecent(tx, known.nextDoc),
    selectDead(tx, known.version),
  ]);
  return nextState(known, { head, segments: undefined, documents: new Map(), recent, dead });
}

/** Other segments: their documents, and again what lies beside segments, which is little after a merge. */
async function readReplaced(
  tx: TenantTransaction,
  known: IndexState | undefined,
  head: IndexHead,
  segments: readonly Segment[],
  terms: readonly QueryTerm[],
  read?: { readonly recent: readonly RecentRow[]; readonly dead: readonly number[] },
): Promise<IndexState> {
  const here = new Set(known && segmentsOf(known));
  const fresh = segments.filter((segment) => !here.has(segment)).map(({ facts }) => facts);
  const [encoded, blocks, recent, dead] = await Promise.all([
    selectDocuments(tx, fresh),
    fetchBlocks(tx, segments, terms),
    read?.recent ?? selectRecent(tx, head.mergedUntil),
    read?.dead ?? selectDead(tx, 0),
  ]);
  keepBlocks(blocks, segments);
  const documents = new Map(fresh.map(({ segment }, index) => [segment, encoded[index]!]));
  return nextState(known, { head, segments, documents, recent, dead });
}

async function readHead(tx: TenantTransaction, knownGeneration: number): Promise<IndexHead> {
  const head = await selectIndexHead(tx, knownGeneration);
  if (head === undefined) throw new Error('the tenant has no counter row');
  return head;
}

const segmentsOf = (state: IndexState): Segment[] => state.segments.map(({ segment }) => segment);

/** The head's segments, as the known state has them where it does. */
function resolveSegments(known: IndexState | undefined, head: IndexHead): Segment[] {
  const here = new Map(known?.segments.map(({ segment }) => [segment.facts.segment, segment]));
  return ((head.segments ?? []) as readonly SegmentFacts[]).map(
    (facts) => here.get(facts.segment) ?? new Segment(facts),
  );
}

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
