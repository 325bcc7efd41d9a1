import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import { memoriesMatch, type RecallFilter } from './memories.js';

/** A memory as an embedder needs it. */
export interface MemoryText {
  readonly id: string;
  readonly doc: number;
  readonly content: string;
}

/** Memories from a document number on, ascending. */
export const selectTextsFrom = (
  tx: TenantTransaction,
  doc: number,
  limit: number,
): Promise<MemoryText[]> =>
  tx.query(sql<MemoryText>`
    select id, doc, content
      from memories
     where user_id = ${tx.userId} and doc >= ${doc}
     order by doc
     limit ${limit}`);

/** How the texts of those of these documents begin that pass the filter, in no order; found as `matchingDocs` does. */
export const selectTextsMatching = (
  tx: TenantTransaction,
  docs: readonly number[],
  filter: RecallFilter,
  characters: number,
): Promise<{ readonly doc: number; readonly text: string }[]> =>
  tx.query(sql<{ doc: number; text: string }>`
    select found.doc, found.text from unnest(${docs}::int[]) as wanted (doc) cross join lateral (
    select doc, left(content, ${characters}) as text from memories
     where user_id = ${tx.userId} and doc = wanted.doc
       ${memoriesMatch(filter)}
    offset 0) as found`);
