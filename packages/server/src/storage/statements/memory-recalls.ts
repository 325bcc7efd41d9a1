import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** How often a memory was recalled since the last write, and when last (epoch seconds). */
export interface RecallTally {
  readonly memoryId: string;
  readonly recalls: number;
  readonly lastRecalledAt: number;
}

/**
 * Adds recalls to the narrow table, so that no row with text or postings is rewritten. The count here is on top
 * of the one a v1 memory brought along in `memories.recall_count`.
 * A memory forgotten meanwhile is passed over. Rows are taken in id order, so that two nodes never deadlock.
 */
export async function addRecalls(
  tx: TenantTransaction,
  tallies: readonly RecallTally[],
): Promise<void> {
  const sorted = tallies.toSorted((a, b) => (a.memoryId < b.memoryId ? -1 : 1));
  await tx.query(sql`
    insert into memory_recalls as r (user_id, memory_id, recall_count, last_recalled_at)
    select m.user_id, m.id, t.recalls, t.last_recalled_at
      from unnest(${sorted.map((t) => t.memoryId)}::text[],
                  ${sorted.map((t) => t.recalls)}::int[],
                  ${sorted.map((t) => t.lastRecalledAt)}::float8[])
           with ordinality as t (memory_id, recalls, last_recalled_at, position)
      join memories m on m.user_id = ${tx.userId} and m.id = t.memory_id
     order by t.position
    on conflict (user_id, memory_id) do update
       set recall_count = r.recall_count + excluded.recall_count,
           last_recalled_at = greatest(r.last_recalled_at, excluded.last_recalled_at)`);
}
