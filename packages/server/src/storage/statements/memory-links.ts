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

/** A link with all that its row holds. */
export interface WholeLink extends NewLink {
  /** Epoch seconds. */
  readonly noticedAt: number;
}

/** The next links behind one, by their memories: the primary key's order, which no edit changes. */
export const selectLinksBehind = (
  tx: TenantTransaction,
  after: Pick<WholeLink, 'id' | 'other'> | undefined,
  limit: number,
): Promise<WholeLink[]> =>
  tx.query(sql<WholeLink>`
    select memory_id as id, other_id as other, relation, similarity, noticed_at as "noticedAt"
      from memory_links
     where user_id = ${tx.userId}
       ${after === undefined ? sql`` : sql`and (memory_id, other_id) > (${after.id}, ${after.other})`}
     order by memory_id, other_id limit ${limit}`);

/** Takes links in as they were elsewhere, where both memories are; of each memory's, as many stay as are shown. */
export async function takeLinks(tx: TenantTransaction, links: readonly WholeLink[]): Promise<void> {
  const ids = [...new Set(links.map(({ id }) => id))];
  await Promise.all([
    tx.query(sql`
      insert into memory_links (user_id, memory_id, other_id, relation, similarity, noticed_at)
      select m.user_id, m.id, o.id, l.relation, l.similarity, l."noticedAt"
        from jsonb_to_recordset(${JSON.stringify(links)}::jsonb) as l (
             id text, other text, relation text, similarity double precision, "noticedAt" double precision)
        join memories m on m.user_id = ${tx.userId} and m.id = l.id
        join memories o on o.user_id = ${tx.userId} and o.id = l.other
       where l.id <> l.other
         and not exists (select from memory_links k
                          where k.user_id = ${tx.userId} and k.memory_id = l.other and k.other_id = l.id)
      on conflict do nothing`),
    tx.query(sql`
      delete from memory_links k using (
        select memory_id, other_id,
               row_number() over (partition by memory_id order by relation, similarity desc, other_id) as place
          from memory_links where user_id = ${tx.userId} and memory_id = any(${ids}::text[])) p
       where k.user_id = ${tx.userId} and k.memory_id = p.memory_id and k.other_id = p.other_id
         and p.place > ${shown}::int`),
  ]);
}
