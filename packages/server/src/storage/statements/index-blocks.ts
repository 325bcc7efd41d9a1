import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A part of a block of a segment. */
export interface BlockRow {
  /** Address within the tenant. */
  readonly block: number;
  readonly part: number;
  readonly data: Uint8Array;
}

/** All parts of the blocks with these addresses, in no order; an address without parts answers nothing. */
export async function selectBlocks(
  tx: TenantTransaction,
  blocks: readonly number[],
): Promise<BlockRow[]> {
  return tx.query(sql<BlockRow>`
    select block, part, data from index_blocks
     where user_id = ${tx.userId} and block = any(${blocks}::bigint[])`);
}

/** All parts from one address up to, not including, another, in order. */
export async function selectBlockRange(
  tx: TenantTransaction,
  from: number,
  to: number,
): Promise<BlockRow[]> {
  return tx.query(sql<BlockRow>`
    select block, part, data from index_blocks
     where user_id = ${tx.userId} and block >= ${from} and block < ${to}
     order by block, part`);
}

/** Writes block parts. Their bytes travel as one value: an array of bytea would be sent as text, twice as long. */
export async function insertBlocks(
  tx: TenantTransaction,
  rows: readonly BlockRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const lengths = rows.map((row) => row.data.length);
  let end = 1;
  const starts = lengths.map((length) => (end += length) - length);
  await tx.query(sql`
    insert into index_blocks (user_id, block, part, data)
    select ${tx.userId}::uuid, b.block, b.part, substring(${Buffer.concat(rows.map((row) => row.data))}::bytea from b.start for b.length)
      from unnest(${rows.map((row) => row.block)}::bigint[], ${rows.map((row) => row.part)}::int[],
                  ${starts}::int[], ${lengths}::int[]) as b (block, part, start, length)`);
}

/** Deletes up to `limit` parts from one address up to, not including, another; answers how many. */
export async function deleteBlockRange(
  tx: TenantTransaction,
  from: number,
  to: number,
  limit: number,
): Promise<number> {
  const rows = await tx.query(sql<{ deleted: number }>`
    with deleted as (
      delete from index_blocks
       where user_id = ${tx.userId} and (block, part) in (
             select block, part from index_blocks
              where user_id = ${tx.userId} and block >= ${from} and block < ${to}
              limit ${limit})
      returning 1
    )
    select count(*)::int as deleted from deleted`);
  return rows[0]?.deleted ?? 0;
}
