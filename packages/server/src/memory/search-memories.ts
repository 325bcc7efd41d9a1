import type { RecallBatchQuery } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import type {
  Guess,
  Nearness,
  PageEnd,
  SearchHit,
  SearchRequest,
} from '../recall/lexical-index.js';
import type { MeaningSearch } from '../recall/vectors/meaning-search.js';
import type { QueryMeaning } from '../recall/vectors/query-embedder.js';
import {
  type MemoryRecord,
  matchingDocs,
  type RecallFilter,
  selectMemoriesByDoc,
} from '../storage/statements/memories.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import { docsExpressing } from './docs-expressing.js';

/** A memory that a query found. */
export interface FoundMemory {
  readonly record: MemoryRecord;
  readonly hit: SearchHit;
}

/** What was found, and whether there is more behind it. */
export interface FoundPage {
  readonly found: readonly FoundMemory[];
  readonly more: boolean;
}

/** What a search goes by besides the query. */
export interface SearchContext {
  readonly after?: PageEnd | undefined;
  /** What the query means; absent or empty, words alone decide. */
  readonly meaning?: QueryMeaning | undefined;
}

/**
 * What `searchMemories` would find, in a transaction of one round trip: the node ranks what it knows before it asks
 * the database, which then says whether that still holds and gives the contents, of one snapshot. `undefined` when
 * the node knows too little, or what it knew has changed; then nothing is lost but the guess.
 */
export async function guessMemories(
  { tenants, index }: Pick<MemoryDependencies, 'tenants' | 'index'>,
  userId: UserId,
  query: RecallBatchQuery,
  { after, meaning = [] }: SearchContext,
): Promise<FoundPage | undefined> {
  // What lies near in meaning is known to the database alone.
  if (query.emotion !== undefined || isFiltered(query) || meaning.length > 0) return undefined;
  const guess = await index.guess(userId, requestOf(query, after));
  if (guess === undefined) return undefined;
  const page = guess.hits.slice(0, query.limit);
  const found = await tenants.withTenant(userId, (tx) => readHits(tx.ending, page, guess), {
    readOnly: true,
  });
  return found.length === 0 ? undefined : { found, more: guess.hits.length > page.length };
}

/**
 * Ranks the tenant's memories against the query, then reads the best ones.
 * Filters apply to the ranked list before the limit, so that a filter never makes an answer shorter than it must be.
 * Round trips: 2 (index state, contents) while the index is cached, 3 when something of it must be read; each look
 * of a filter is one more.
 */
export async function searchMemories(
  tx: TenantTransaction,
  { index, meaning: search }: Pick<MemoryDependencies, 'index' | 'meaning'>,
  query: RecallBatchQuery,
  { after, meaning }: SearchContext = {},
): Promise<FoundPage> {
  const filter = filterOf(query);
  const matching = matchingOf(tx, query, filter);
  const hits = await index.search(tx, {
    ...requestOf(query, after),
    ...(matching === undefined ? {} : { matching }),
    ...(search === undefined || meaning === undefined
      ? {}
      : { near: nearnessOf(tx, search, meaning, isFiltered(query) ? filter : undefined) }),
  });
  const page = hits.slice(0, query.limit);
  return { found: await readHits(tx, page), more: hits.length > page.length };
}

const requestOf = (query: RecallBatchQuery, after: PageEnd | undefined): SearchRequest => ({
  text: query.q,
  // One more than asked for tells whether there is a next page.
  limit: query.limit + 1,
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

/** Which of some documents the query wants; `undefined` when it wants them all. */
function matchingOf(
  tx: TenantTransaction,
  query: RecallBatchQuery,
  filter: RecallFilter,
): SearchRequest['matching'] {
  const { emotion } = query;
  if (emotion !== undefined) return (docs) => docsExpressing(tx, docs, filter, emotion);
  return isFiltered(query) ? (docs) => matchingDocs(tx, docs, filter) : undefined;
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

async function readHits(
  tx: TenantTransaction,
  hits: readonly SearchHit[],
  asOf?: Guess,
): Promise<FoundMemory[]> {
  if (hits.length === 0) return [];
  const docs = hits.map((hit) => hit.doc);
  const records = await selectMemoriesByDoc(tx, docs, asOf);
  const byDoc = new Map(records.map((record) => [record.doc, record]));
  return hits.flatMap((hit) => {
    const record = byDoc.get(hit.doc);
    return record === undefined ? [] : [{ record, hit }];
  });
}
