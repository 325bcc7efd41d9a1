import type { MemoryId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** How one memory stands to another. */
export interface MemoryLink {
  readonly other: MemoryId;
  readonly relation: 'near' | 'contradicts';
  /** 0–1. */
  readonly similarity: number;
}

/** The same, and whose it is: of the two the later one. */
export interface NewLink extends MemoryLink {
  readonly id: MemoryId;
}

/** Links memories, once each two. Both are there: the caller has the counter row's lock. */
export async function insertLinks(
  tx: TenantTransaction,
  links: readonly NewLink[],
  noticedAt: number,
): Promise<void> {
  await tx.query(sql`
    insert into memory_links (user_id, memory_id, other_id, relation, similarity, noticed_at)
    select ${tx.userId}, l.id, l.other, l.relation, l.similarity, ${noticedAt}
      from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as l (
           id text, other text, relation text, similarity double precision)
     where not exists (select from memory_links k
                        where k.user_id = ${tx.userId} and k.memory_id = l.other and k.other_id = l.id)
    on conflict do nothing`);
}

/** Links shown of one memory at most. */
const shown = 20;

/** What a memory is linked with, whichever of the two was stored later; what contradicts it first. */
export const selectLinks = (tx: TenantTransaction, id: MemoryId): Promise<MemoryLink[]> =>
  tx.query(sql<MemoryLink>`
    select linked.other, linked.relation, linked.similarity
      from (select other_id as other, relation, similarity from memory_links
             where user_id = ${tx.userId} and memory_id = ${id}
             union all
            select memory_id, relation, similarity from memory_links
             where user_id = ${tx.userId} and other_id = ${id}) linked
      join memories m on m.user_id = ${tx.userId} and m.id = ${id}
      join memories o on o.user_id = ${tx.userId} and o.id = linked.other
     -- One of them may be another agent's by now.
     where o.agent_id is not distinct from m.agent_id
     order by linked.relation, linked.similarity desc, linked.other limit ${shown}`);
