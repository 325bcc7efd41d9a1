import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A document that no segment holds yet. */
export interface RecentRow {
  readonly doc: number;
  readonly entry: Uint8Array;
}

/** Adds documents; the store statement writes its own. */
export async function insertRecent(
  tx: TenantTransaction,
  added: readonly RecentRow[],
): Promise<void> {
  await tx.query(sql`
    insert into index_recent (user_id, doc, entry)
    select ${tx.userId}, a.doc, a.entry
      from unnest(${added.map(({ doc }) => doc)}::int[], ${added.map(({ entry }) => entry)}::bytea[]) as a (doc, entry)`);
}

/** Recent documents from one number up to, not including, another, ascending. */
export async function selectRecent(
  tx: TenantTransaction,
  fromDoc: number,
  endDoc = 2 ** 31 - 1,
): Promise<RecentRow[]> {
  return tx.query(sql<RecentRow>`
    select doc, entry from index_recent
     where user_id = ${tx.userId} and doc >= ${fromDoc} and doc < ${endDoc}
     order by doc`);
}

/**
 * The first recent document with which those before it are more than so many bytes; `undefined` when they are not.
 * Reads no entries: their sizes are in the rows.
 */
export async function selectRecentBeyond(
  tx: TenantTransaction,
  fromDoc: number,
  endDoc: number,
  bytes: number,
): Promise<number | undefined> {
  const [row] = await tx.query(sql<{ doc: number | null }>`
    select min(doc) as doc
      from (select doc, sum(octet_length(entry)) over (order by doc) as bytes
              from index_recent
             where user_id = ${tx.userId} and doc >= ${fromDoc} and doc < ${endDoc}) sized
     where bytes > ${bytes}`);
  return row?.doc ?? undefined;
}

/** Removes the documents that a segment now holds. */
export async function deleteRecentBelow(tx: TenantTransaction, doc: number): Promise<void> {
  await tx.query(sql`delete from index_recent where user_id = ${tx.userId} and doc < ${doc}`);
}
