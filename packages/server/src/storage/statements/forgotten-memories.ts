import type { MemoryId } from '../../domain/ids.js';
import { type Sql, sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import { type MemoryRecord, type MemoryRow, toRecord } from './memories.js';
import { orbit } from './orbits.js';

/** A memory that can be restored. Times are epoch seconds. */
export interface ForgottenMemory {
  /** As it was; its document number is gone. */
  readonly memory: Omit<MemoryRecord, 'doc'>;
  readonly forgottenAt: number;
  readonly reason: ForgetReason;
}

/** `asked`: by its owner; `automatic`: by the rules that he chose. */
export type ForgetReason = 'asked' | 'automatic';

interface ForgottenRow {
  memory: MemoryRow;
  recall_count: number;
  last_recalled_at: number | null;
  forgotten_at: number;
  reason: ForgetReason;
}

const toForgotten = ({
  memory,
  recall_count,
  last_recalled_at,
  forgotten_at,
  reason,
}: ForgottenRow): ForgottenMemory => {
  const { doc: _gone, ...record } = toRecord({ ...memory, recall_count, last_recalled_at });
  return { memory: record, forgottenAt: forgotten_at, reason };
};

/** Columns of `ForgottenRow`; counts and times of recalls as for memories. v1's bytes of an embedding stay where they are. */
const columns: Sql = sql`
  memory - 'embedding' as memory,
  (memory ->> 'recall_count')::int + coalesce((recalls ->> 'recall_count')::int, 0) as recall_count,
  coalesce((recalls ->> 'last_recalled_at')::float8,
           case when (memory ->> 'recall_count')::int > 0 then (memory ->> 'last_recalled_at')::float8 end
  ) as last_recalled_at,
  forgotten_at, reason`;

/**
 * Takes memories away, with their versions and recalls, to where they can be restored from. The caller holds the
 * counter row's lock, and does the counting and the index.
 */
export async function moveToForgotten(
  tx: TenantTransaction,
  ids: readonly MemoryId[],
  { at, reason }: { readonly at: number; readonly reason: ForgetReason },
): Promise<void> {
  await tx.query(sql`
    with gone as (
      delete from memories where user_id = ${tx.userId} and id = any(${ids}::text[]) returning *
    )
    insert into forgotten_memories as f (user_id, memory_id, forgotten_at, reason, memory, recalls, versions)
    select g.user_id, g.id, ${at}, ${reason}, to_jsonb(g) - '{user_id,doc}'::text[],
           (select to_jsonb(r) - '{user_id,memory_id}'::text[] from memory_recalls r
             where r.user_id = ${tx.userId} and r.memory_id = g.id),
           (select coalesce(jsonb_agg(to_jsonb(v) - '{user_id,memory_id}'::text[]), '[]') from memory_versions v
             where v.user_id = ${tx.userId} and v.memory_id = g.id)
      from gone g
    on conflict (user_id, memory_id) do update
       set forgotten_at = excluded.forgotten_at, reason = excluded.reason, memory = excluded.memory,
           recalls = excluded.recalls, versions = excluded.versions`);
}

/** One that was forgotten after this moment, locked until the transaction ends. */
export async function lockForgotten(
  tx: TenantTransaction,
  id: MemoryId,
  after: number,
): Promise<ForgottenMemory | undefined> {
  const [row] = await tx.query<ForgottenRow>(sql`
    select ${columns} from forgotten_memories
     where user_id = ${tx.userId} and memory_id = ${id} and forgotten_at > ${after}
       for update`);
  return row && toForgotten(row);
}

/** Where a page of forgotten memories begins: behind this one. */
export interface ForgottenPosition {
  readonly forgottenAt: number;
  readonly id: string;
}

/** A page of those that were forgotten after a moment, the latest first. */
export async function selectForgotten(
  tx: TenantTransaction,
  selection: {
    readonly after: number;
    readonly behind: ForgottenPosition | undefined;
    readonly limit: number;
  },
): Promise<ForgottenMemory[]> {
  const { after, behind, limit } = selection;
  const rows = await tx.query<ForgottenRow>(sql`
    select ${columns} from forgotten_memories
     where user_id = ${tx.userId} and forgotten_at > ${after}
       ${behind === undefined ? sql`` : sql`and forgotten_at <= ${behind.forgottenAt} and (forgotten_at < ${behind.forgottenAt} or memory_id > ${behind.id})`}
     order by forgotten_at desc, memory_id
     limit ${limit}`);
  return rows.map(toForgotten);
}

/**
 * Gives a memory that was just stored again what storing does not know: its times, its recalls, its versions, what v1
 * noted about it, and when it leaves its zone. What the rules forgot is taken for recalled now, or they would forget it
 * again. Ends its being forgotten, for devices that synchronise too.
 */
export async function restoreRest(tx: TenantTransaction, id: MemoryId, now: number): Promise<void> {
  await tx.query(sql`
    with back as (
      delete from forgotten_memories where user_id = ${tx.userId} and memory_id = ${id}
      returning memory, recalls, versions, reason
    ), versions as (
      insert into memory_versions (user_id, memory_id, version, content, metadata, importance, replaced_at, reason)
      select ${tx.userId}, ${id}, v.version, v.content, v.metadata, v.importance, v.replaced_at, v.reason
        from back, jsonb_populate_recordset(null::memory_versions, back.versions) v
    ), recalls as (
      insert into memory_recalls (user_id, memory_id, recall_count, last_recalled_at)
      select ${tx.userId}, ${id}, r.recall_count, r.last_recalled_at
        from back, jsonb_populate_record(null::memory_recalls, back.recalls) r
       where back.recalls is not null
    ), tombstone as (
      delete from tombstones where user_id = ${tx.userId} and memory_id = ${id}
    )
    update memories m
       set updated_at = was.updated_at, recall_count = was.recall_count, last_recalled_at = known.last_recalled_at,
           leaves_at = orbit_leaves_at(${orbit}, m.zone, orbit_lasting(${orbit}, m.arbitrary_importance,
                         was.recall_count::bigint + coalesce((back.recalls ->> 'recall_count')::int, 0)),
                       greatest(known.last_recalled_at, (back.recalls ->> 'last_recalled_at')::float8), m.pinned, m.doc),
           encrypted = was.encrypted, source_type = was.source_type, source_url = was.source_url,
           ingested_at = was.ingested_at, vector_clock = was.vector_clock, embedding = was.embedding
      from back cross join lateral jsonb_populate_record(null::memories, back.memory) was
      cross join lateral (
           select case when back.reason = 'automatic' then ${now} else was.last_recalled_at end as last_recalled_at) known
     where m.user_id = ${tx.userId} and m.id = ${id}`);
}

/** Erases one for good, of one agent when that is said. False when there is none. */
export async function eraseForgotten(
  tx: TenantTransaction,
  id: MemoryId,
  agentId: string | undefined,
): Promise<boolean> {
  const rows = await tx.query(sql`
    delete from forgotten_memories
     where user_id = ${tx.userId} and memory_id = ${id}
       ${agentId === undefined ? sql`` : sql`and memory ->> 'agent_id' = ${agentId}`}
    returning 1`);
  return rows.length > 0;
}

/** Erases what was forgotten until a moment, so many at most. Answers how many. */
export async function eraseUntil(
  tx: TenantTransaction,
  until: number,
  limit: number,
): Promise<number> {
  const rows = await tx.query(sql`
    delete from forgotten_memories where user_id = ${tx.userId} and memory_id in (
      select memory_id from forgotten_memories
       where user_id = ${tx.userId} and forgotten_at <= ${until}
       -- Another node erases those, or their owner restores them at this moment.
       limit ${limit} for update skip locked)
    returning 1`);
  return rows.length;
}

/** Erases the oldest of those that are more than a number, so many at most. Answers how many. */
export async function eraseBeyond(
  tx: TenantTransaction,
  most: number,
  limit: number,
): Promise<number> {
  const rows = await tx.query(sql`
    delete from forgotten_memories where user_id = ${tx.userId} and memory_id in (
      select memory_id from forgotten_memories
       where user_id = ${tx.userId}
       order by forgotten_at desc, memory_id
       offset ${most} limit ${limit} for update skip locked)
    returning 1`);
  return rows.length;
}
