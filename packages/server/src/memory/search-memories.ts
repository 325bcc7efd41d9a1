import type { RecallBatchQuery } from '@stellar-memory/protocol';
import type { PageEnd, SearchHit } from '../recall/lexical-index.js';
import {
  type MemoryRecord,
  matchingDocs,
  selectMemoriesByDoc,
} from '../storage/statements/memories.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';

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

/**
 * Ranks the tenant's memories against the query, then reads the best ones.
 * Filters apply to the ranked list before the limit, so that a filter never makes an answer shorter than it must be.
 * Round trips: 2 (index state, contents) while the index is cached, 3 when something of it must be read; each look
 * of a filter is one more.
 */
export async function searchMemories(
  tx: TenantTransaction,
  { index }: Pick<MemoryDependencies, 'index'>,
  query: RecallBatchQuery,
  after?: PageEnd,
): Promise<FoundPage> {
  // No memory carries an emotion yet, so none can match one.
  if (query.emotion !== undefined) return { found: [], more: false };
  const hits = await index.search(tx, {
    text: query.q,
    // One more than asked for tells whether there is a next page.
    limit: query.limit + 1,
    ...matchingOf(tx, query),
    ...(after === undefined ? {} : { after }),
    ...(query.min_score === undefined ? {} : { minScore: query.min_score }),
    ...(query.explain === true ? { explain: true } : {}),
  });
  const page = hits.slice(0, query.limit);
  return { found: await readHits(tx, page), more: hits.length > page.length };
}

function matchingOf(tx: TenantTransaction, query: RecallBatchQuery) {
  const filter = {
    zone: query.zone,
    since: query.since,
    until: query.until,
    agentId: query.agent_id,
    sessionId: query.session_id,
    metadata: query.metadata,
  };
  const filtered = Object.values(filter).some((value) => value !== undefined);
  return filtered ? { matching: (docs: readonly number[]) => matchingDocs(tx, docs, filter) } : {};
}

async function readHits(tx: TenantTransaction, hits: readonly SearchHit[]): Promise<FoundMemory[]> {
  if (hits.length === 0) return [];
  const docs = hits.map((hit) => hit.doc);
  const records = await selectMemoriesByDoc(tx, docs);
  const byDoc = new Map(records.map((record) => [record.doc, record]));
  return hits.flatMap((hit) => {
    const record = byDoc.get(hit.doc);
    return record === undefined ? [] : [{ record, hit }];
  });
}
