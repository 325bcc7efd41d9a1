import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

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
