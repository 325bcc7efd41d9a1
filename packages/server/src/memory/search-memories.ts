import type { RecallBatchQuery } from '@stellar-memory/protocol';
import { epochSeconds } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import type { Nearness, SearchHit, SearchRequest } from '../recall/lexical-index.js';
import { orbitOrder, orbitReach } from '../recall/ranking/orbit-order.js';
import type { MeaningSearch } from '../recall/vectors/meaning-search.js';
import type { QueryMeaning } from '../recall/vectors/query-embedder.js';
import {
  everyMatchingDoc,
  type MemoryRecord,
  matchingDocs,
  type RecallFilter,
  selectMemoriesByDoc,
} from '../storage/statements/memories.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import { docsExpressing } from './docs-expressing.js';
import { orbitNow } from './orbit-now.js';
import { pageEnd, type RecallPosition } from './recall-cursor.js';
import type { RecordsByDoc, SharedReads } from './shared-reads.js';

/** A memory that a query found. */
export interface FoundMemory {
  readonly record: MemoryRecord;
  readonly hit: SearchHit;
}

/** One of a page. */
export interface PlacedMemory extends FoundMemory {
  /** How well it is placed in its orbit, 0–1: what its rank was weighed by. */
  readonly orbit: number;
}

/** What was found, and where to go on when there is more. */
export interface FoundPage {
  readonly found: readonly PlacedMemory[];
  readonly next: RecallPosition | undefined;
}

const start: RecallPosition = { after: undefined, ahead: [] };

/** What a search goes by besides the query. */
export interface SearchContext {
  readonly from?: RecallPosition | undefined;
  /** What the query means; absent or empty, words alone decide. */
  readonly meaning?: QueryMeaning | undefined;
}

/**
 * What `searchMemories` would find, in a transaction of one round trip: the node ranks what it knows before it asks
 * the database, which then says whether that still holds and gives the contents, of one snapshot. `undefined` when
 * the node knows too little, or what it knew has changed; then nothing is lost but the guess.
 */
export async function guessMemories(
  dependencies: MemoryDependencies,
  reads: SharedReads,
  userId: UserId,
  query: RecallBatchQuery,
  { from = start, meaning = [] }: SearchContext,
): Promise<FoundPage | undefined> {
  // What lies near in meaning is known to the database alone.
  if (query.emotion !== undefined || isFiltered(query) || meaning.length > 0) return undefined;
  if (query.prefer_session !== undefined) return undefined;
  const guess = await dependencies.index.guess(userId, requestOf(query, from));
  if (guess === undefined) return undefined;
  const records = await reads.read(userId, docsOf(guess.hits), guess);
  const found = foundAmong(records, guess.hits);
  return found.length === 0 ? undefined : pageOf(dependencies, found, from, query.limit);
}

/**
 * Ranks the tenant's memories against the query, reads the best ones and lets their orbits decide among those that are
 * nearly as relevant as each other.
 * Filters apply to the ranked list before the limit, so that a filter never makes an answer shorter than it must be.
 * Round trips: 2 (index state, contents) while the index is cached, 3 when something of it must be read; each look
 * of a filter is one more.
 */
export async function searchMemories(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  query: RecallBatchQuery,
  context: SearchContext = {},
): Promise<FoundPage> {
  const { prefer_session: preferred, ...plain } = query;
  const all = await search(tx, dependencies, plain, context);
  // With room for all there is nothing to prefer.
  const prefers = preferred !== undefined && query.session_id === undefined;
  if (!prefers || all.next === undefined) return all;
  const own = await search(tx, dependencies, { ...plain, session_id: preferred }, context);
  return preferring(own.found, all.found, query.limit);
}

/** Those of one search before those of another when there is no room for all, in the order of their scores. */
function preferring(
  own: readonly PlacedMemory[],
  all: readonly PlacedMemory[],
  limit: number,
): FoundPage {
  const docs = new Set(own.map(({ hit }) => hit.doc));
  const others = all.filter(({ hit }) => !docs.has(hit.doc));
  const found = [...own, ...others].slice(0, limit);
  // No cursor leads on from here.
  return {
    found: found.toSorted((one, other) => other.hit.score - one.hit.score),
    next: undefined,
  };
}

async function search(
  tx: TenantTransaction,
  dependencies: MemoryDependencies,
  query: RecallBatchQuery,
  { from = start, meaning }: SearchContext,
): Promise<FoundPage> {
  const { index, meaning: byMeaning } = dependencies;
  const filter = filterOf(query);
  const matching = matchingOf(tx, query, filter);
  const hits = await index.search(tx, {
    ...requestOf(query, from),
    ...matching,
    ...(byMeaning === undefined || meaning === undefined
      ? {}
      : { near: nearnessOf(tx, byMeaning, meaning, isFiltered(query) ? filter : undefined) }),
  });
  return pageOf(dependencies, await readHits(tx, hits), from, query.limit);
}

/** The page in the order of relevance and orbit. What is left of the window tells whether there is a next page. */
function pageOf(
  { profile, clock }: MemoryDependencies,
  found: readonly FoundMemory[],
  { after, ahead }: RecallPosition,
  limit: number,
): FoundPage {
  const nowSeconds = epochSeconds(clock);
  const placed = found.map(({ record, hit }) => ({
    record,
    hit,
    doc: hit.doc,
    score: hit.score,
    // Somebody looks for just this one: no orbit may hide it.
    orbit: hit.exact === true ? 1 : orbitNow(record, { profile, nowSeconds }).score,
  }));
  const { page, done, ahead: taken } = orbitOrder(placed, ahead, limit);
  const more = done < placed.length;
  const end = done === 0 ? after : pageEnd(placed.slice(0, done));
  return { found: page, next: more ? { after: end, ahead: taken } : undefined };
}

const requestOf = (query: RecallBatchQuery, { after, ahead }: RecallPosition): SearchRequest => ({
  text: query.q,
  limit: ahead.length + query.limit + orbitReach,
  ...(after === undefined ? {} : { after }),
  ...(query.min_score === undefined ? {} : { minScore: query.min_score }),
  ...(query.explain === true ? { explain: true } : {}),
});

const filterOf = (query: RecallBatchQuery): RecallFilter => ({
  zone: query.zone,
  since: query.since,
  until: query.until,
  agentId: query.agent_id,
  sessionId: query.session_id,
  metadata: query.metadata,
});

/** How the index learns which documents the query wants; nothing when it wants them all. */
function matchingOf(
  tx: TenantTransaction,
  query: RecallBatchQuery,
  filter: RecallFilter,
): Pick<SearchRequest, 'matching' | 'everyMatch' | 'within'> {
  const { emotion } = query;
  // All but the zone is in the index, some of it coarsely; which document passes is decided by its row.
  const { zone, ...known } = filter;
  const within = { ...known, emotion, more: zone !== undefined };
  if (emotion !== undefined)
    return { within, matching: (docs) => docsExpressing(tx, docs, filter, emotion) };
  if (!isFiltered(query)) return {};
  return {
    within,
    matching: (docs) => matchingDocs(tx, docs, filter),
    everyMatch: () => everyMatchingDoc(tx, filter),
  };
}

const isFiltered = (query: RecallBatchQuery): boolean =>
  Object.values(filterOf(query)).some((value) => value !== undefined);

/** Begun before the index reads, so that both travel together. */
function nearnessOf(
  tx: TenantTransaction,
  search: MeaningSearch,
  meaning: QueryMeaning,
  filter: RecallFilter | undefined,
): Nearness {
  const documents = search.nearest(tx, meaning, filter);
  // When the index's own read fails first, nobody waits for this one.
  documents.catch(() => undefined);
  return { documents, weight: search.weight };
}

async function readHits(tx: TenantTransaction, hits: readonly SearchHit[]): Promise<FoundMemory[]> {
  if (hits.length === 0) return [];
  const records = await selectMemoriesByDoc(tx, docsOf(hits));
  return foundAmong(new Map(records.map((record) => [record.doc, record])), hits);
}

const docsOf = (hits: readonly SearchHit[]): number[] => hits.map(({ doc }) => doc);

const foundAmong = (records: RecordsByDoc, hits: readonly SearchHit[]): FoundMemory[] =>
  hits.flatMap((hit) => {
    const record = records.get(hit.doc);
    return record === undefined ? [] : [{ record, hit }];
  });
