import { createHash } from 'node:crypto';
import type { Circumstances } from '../../domain/duplicates.js';
import type { MemoryId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/**
 * For each of these, the latest memory that it adds nothing to, as `addsNothing` of the domain has it; `undefined` where
 * there is none. By the text's hash, whose index is usable under row security; the text itself decides.
 */
export async function selectKnown(
  tx: TenantTransaction,
  wanted: readonly Circumstances[],
): Promise<(MemoryId | undefined)[]> {
  const items = wanted.map(({ content, agentId, sessionId, speaker, role, occurredAt }) => ({
    hash: createHash('md5').update(content).digest('hex'),
    content,
    agent_id: agentId,
    session_id: sessionId,
    speaker,
    role,
    occurred_at: occurredAt,
  }));
  // `offset 0`: first the few with the hash, then each by its key. A hash made in here would not be taken for the index,
  // because md5 is not leakproof.
  const rows = await tx.query(sql<{ position: number; id: MemoryId }>`
    select w.position::int as position, known.id
      from rows from (jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as (
             hash uuid, content text, agent_id text, session_id text, speaker text, role text, occurred_at float8))
           with ordinality as w (hash, content, agent_id, session_id, speaker, role, occurred_at, position)
     cross join lateral (
       select m.id
         from (select i.memory_id from memory_identities i
                where i.user_id = ${tx.userId} and i.content_hash = w.hash offset 0) as i
        cross join lateral (
              select * from memories m where m.user_id = ${tx.userId} and m.id = i.memory_id offset 0) as m
        where m.content = w.content and m.agent_id is not distinct from w.agent_id
          and (w.session_id is null or m.session_id = w.session_id)
          and (w.speaker is null or m.speaker = w.speaker)
          and (w.role is null or m.role = w.role)
          and (w.occurred_at is null or m.occurred_at = w.occurred_at)
        order by m.doc desc limit 1) as known`);
  const found = new Map(rows.map(({ position, id }) => [position, id]));
  return wanted.map((_, at) => found.get(at + 1));
}

/** Makes memories findable by what they say, when their tenant has duplicates merged. */
export async function insertIdentities(
  tx: TenantTransaction,
  ids: readonly MemoryId[],
): Promise<void> {
  await tx.query(sql`
    insert into memory_identities (user_id, memory_id, content_hash)
    select m.user_id, m.id, md5(m.content)::uuid
      from tenant_usage u join memories m on m.user_id = ${tx.userId} and m.id = any(${ids}::text[])
     where u.user_id = ${tx.userId} and u.merges_duplicates
    on conflict do nothing`);
}

/**
 * The same for those that were stored before, so many from a document number on. Answers where to go on, or
 * `undefined` at the end. The caller has the counter row's lock: an edit in between would be overlooked.
 */
export async function insertIdentitiesFrom(
  tx: TenantTransaction,
  fromDoc: number,
  limit: number,
): Promise<number | undefined> {
  const [row] = await tx.query(sql<{ next: number | null }>`
    with page as (
      select m.id, m.doc, md5(m.content)::uuid as content_hash from memories m
       where m.user_id = ${tx.userId} and m.doc >= ${fromDoc}
       order by m.doc limit ${limit}
    ), added as (
      insert into memory_identities (user_id, memory_id, content_hash)
      select ${tx.userId}, page.id, page.content_hash from page
      on conflict do nothing
    )
    select max(page.doc) + 1 as next from page having count(*) = ${limit}`);
  return row?.next ?? undefined;
}

/** Memories say something else now: what they stood to others is not known any more. */
export async function updateIdentities(
  tx: TenantTransaction,
  edited: readonly { readonly id: MemoryId; readonly content: string }[],
): Promise<void> {
  const ids = edited.map(({ id }) => id);
  await tx.query(sql`
    with unlinked as (
      delete from memory_links
       where user_id = ${tx.userId} and (memory_id = any(${ids}::text[]) or other_id = any(${ids}::text[]))
    )
    update memory_identities i set content_hash = md5(e.content)::uuid
      from unnest(${ids}::text[],
                  ${edited.map(({ content }) => content)}::text[]) as e (id, content)
     where i.user_id = ${tx.userId} and i.memory_id = e.id`);
}

/** Counts that these were stored again, each as often as it is named. */
export async function countStoredAgain(
  tx: TenantTransaction,
  ids: readonly MemoryId[],
): Promise<void> {
  await tx.query(sql`
    update memory_identities i set stored = i.stored + again.times
      from (select id, count(*)::int as times from unnest(${ids}::text[]) as id group by id) again
     where i.user_id = ${tx.userId} and i.memory_id = again.id`);
}

/** Forgets what memories say: the tenant wants nothing merged any more. What was linked stays. */
export async function deleteIdentities(tx: TenantTransaction): Promise<void> {
  await tx.query(sql`delete from memory_identities where user_id = ${tx.userId}`);
}
