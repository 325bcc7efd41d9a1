import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import { orbit } from './orbits.js';

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
 * What its score now allows a zone further in is noted in `orbit_rises`, for a sweep to move it.
 *
 * @returns how many that are
 */
export async function addRecalls(
  tx: TenantTransaction,
  tallies: readonly RecallTally[],
): Promise<number> {
  const sorted = tallies.toSorted((a, b) => (a.memoryId < b.memoryId ? -1 : 1));
  const rises = await tx.query(sql`
    with counted as (
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
           last_recalled_at = greatest(r.last_recalled_at, excluded.last_recalled_at)
    returning r.memory_id, r.recall_count, r.last_recalled_at)
    insert into orbit_rises (user_id, memory_id)
    select m.user_id, m.id
      from counted c join memories m on m.user_id = ${tx.userId} and m.id = c.memory_id
     where m.zone > 0 and not m.pinned
       and orbit_zone(${orbit}, orbit_lasting(${orbit}, m.arbitrary_importance, m.recall_count::bigint + c.recall_count),
                      c.last_recalled_at, c.last_recalled_at) < m.zone
     order by m.id
    on conflict do nothing
    returning memory_id`);
  return rises.length;
}
