import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** Which of these memories were forgotten, as far back as it is remembered (90 days). */
export async function selectTombstones(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await tx.query(sql<{ memory_id: string }>`
    select memory_id from tombstones where user_id = ${tx.userId} and memory_id = any(${ids}::text[])`);
  return rows.map((row) => row.memory_id);
}

/** Remembers as forgotten what came and went within one transaction, of which the feed has nothing. */
export async function insertTombstones(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<void> {
  await tx.query(sql`
    insert into tombstones (user_id, memory_id)
    select ${tx.userId}, unnest(${ids}::text[])
    on conflict do nothing`);
}
