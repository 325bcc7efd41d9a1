import type { MemoryId } from '../../domain/ids.js';
import { type Sql, sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/**
 * Takes the counter row's lock and answers after how many days the tenant has memories forgotten; `undefined` when he
 * does not, when it is too early, or when another transaction has the row.
 */
export async function lockForgetting(
  tx: TenantTransaction,
  now: number,
): Promise<number | undefined> {
  const [row] = await tx.query(sql<{ days: number }>`
    select forget_after_days as days from tenant_usage
     where user_id = ${tx.userId} and forgets_at <= ${now} and forget_after_days is not null
       for update skip locked`);
  return row?.days;
}

/** Says when the tenant's memories are looked at next, epoch seconds. */
export async function updateForgetsAt(tx: TenantTransaction, at: number): Promise<void> {
  await tx.query(sql`update tenant_usage set forgets_at = ${at} where user_id = ${tx.userId}`);
}

/** A memory of the cloud that may be given up. */
export interface IdleMemory {
  readonly id: MemoryId;
  readonly doc: number;
  readonly importance: number;
  readonly agentId: string | null;
  /** When it was recalled last, else when it was stored; epoch seconds. */
  readonly idleSince: number;
}

/** The longest idle of the cloud as far as their rows know, so many at most; pinned ones are not among them. */
export const selectIdle = (
  tx: TenantTransaction,
  before: number,
  limit: number,
): Promise<IdleMemory[]> =>
  tx.query(sql<IdleMemory>`
    select m.id, m.doc, m.arbitrary_importance as importance, m.agent_id as "agentId",
           greatest(m.last_recalled_at, r.last_recalled_at) as "idleSince"
      from (${idle(tx, before)} limit ${limit}) m
      left join lateral ${recallsOf(tx)} r on true`);

/** Those of them that were not recalled since: the document numbers of the first, and how many there are, up to a number. */
export async function selectGivenUp(
  tx: TenantTransaction,
  before: number,
  { items, count }: { readonly items: number; readonly count: number },
): Promise<{ readonly docs: number[]; readonly count: number }> {
  const [row] = await tx.query(sql<{ docs: number[]; count: number }>`
    select coalesce((array_agg(g.doc order by g.last_recalled_at, g.doc))[1:${items}::int], '{}') as docs, count(*)::int as count
      from (select m.doc, m.last_recalled_at
              from (${idle(tx, before)}) m
              left join lateral ${recallsOf(tx)} r on true
             where coalesce(r.last_recalled_at, 0) < ${before}
             limit ${count}) g`);
  return row!;
}

const idle = (tx: TenantTransaction, before: number): Sql => sql`
  select c.id, c.doc, c.arbitrary_importance, c.agent_id, c.last_recalled_at
    from memories c
   where c.user_id = ${tx.userId} and c.zone = 4 and not c.pinned and c.last_recalled_at < ${before}
   order by c.last_recalled_at`;

/** One look-up a memory: joined by hash, all that the tenant ever recalled would be read. */
const recallsOf = (tx: TenantTransaction): Sql => sql`
  (select k.last_recalled_at from memory_recalls k
    where k.user_id = ${tx.userId} and k.memory_id = m.id offset 0)`;

/** Writes to their rows when these were recalled last: no sweep looks at them again too early. Answers how many it were. */
export async function noteRecalled(
  tx: TenantTransaction,
  ids: readonly MemoryId[],
): Promise<number> {
  const rows = await tx.query(sql`
    update memories m set last_recalled_at = r.last_recalled_at
      from memory_recalls r
     where m.user_id = ${tx.userId} and m.id = any(${ids}::text[])
       and r.user_id = ${tx.userId} and r.memory_id = m.id and r.last_recalled_at > m.last_recalled_at
    returning 1`);
  return rows.length;
}
