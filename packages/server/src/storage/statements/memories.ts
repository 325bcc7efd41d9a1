import type { Zone } from '@stellar-memory/protocol';
import { type MemoryId, memoryId } from '../../domain/ids.js';
import { type Sql, sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import { decodeDocs } from './index-dead.js';
import type { IndexHead } from './index-states.js';

/** A memory as its row holds it. Times are epoch seconds. */
export interface MemoryRecord {
  readonly id: MemoryId;
  /** The tenant's own document number: where the lexical index knows this memory. */
  readonly doc: number;
  readonly content: string;
  readonly metadata: Record<string, unknown>;
  readonly importance: number;
  readonly zone: Zone;
  readonly score: number;
  readonly recallCount: number;
  readonly lastRecalledAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly occurredAt: number | null;
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly speaker: string | null;
  readonly role: string | null;
  readonly pinned: boolean;
}

/** A memory as a statement returns it. */
export interface MemoryRow {
  id: string;
  doc: number;
  content: string;
  metadata: Record<string, unknown>;
  arbitrary_importance: number;
  zone: number;
  total_score: number;
  recall_count: number;
  last_recalled_at: number | null;
  created_at: number;
  updated_at: number;
  occurred_at: number | null;
  agent_id: string | null;
  session_id: string | null;
  speaker: string | null;
  role: string | null;
  pinned: boolean;
}

/** The same in the server's names. */
export const toRecord = (row: MemoryRow): MemoryRecord => ({
  id: memoryId(row.id),
  doc: row.doc,
  content: row.content,
  metadata: row.metadata,
  importance: row.arbitrary_importance,
  zone: row.zone as Zone,
  score: row.total_score,
  recallCount: row.recall_count,
  lastRecalledAt: row.last_recalled_at,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  occurredAt: row.occurred_at,
  agentId: row.agent_id,
  sessionId: row.session_id,
  speaker: row.speaker,
  role: row.role,
  pinned: row.pinned,
});

/** Columns of `MemoryRow` for memories `m` left-joined to its recalls `r`. */
const columns: Sql = sql`
  m.id, m.doc, m.content, m.metadata, m.arbitrary_importance, m.zone, m.total_score,
  m.recall_count + coalesce(r.recall_count, 0) as recall_count,
  coalesce(r.last_recalled_at, case when m.recall_count > 0 then m.last_recalled_at end) as last_recalled_at,
  m.created_at, m.updated_at, m.occurred_at, m.agent_id, m.session_id, m.speaker, m.role, m.pinned`;

const fromMemories: Sql = sql`
  from memories m left join memory_recalls r on r.user_id = m.user_id and r.memory_id = m.id`;

/** A memory about to be stored, with its entry for the lexical index. */
export interface NewMemory {
  readonly id: MemoryId;
  readonly content: string;
  readonly metadata: Record<string, unknown>;
  readonly importance: number;
  readonly zone: Zone;
  readonly score: number;
  readonly createdAt: number;
  readonly occurredAt: number | null;
  readonly agentId: string | null;
  readonly sessionId: string | null;
  readonly speaker: string | null;
  readonly role: string | null;
  readonly pinned: boolean;
  /** Encoded by the lexical index. */
  readonly entry: Uint8Array;
}

/** One memory by id. */
export async function selectMemory(
  tx: TenantTransaction,
  id: MemoryId,
): Promise<MemoryRecord | undefined> {
  const [row] = await tx.query<MemoryRow>(
    sql`select ${columns} ${fromMemories} where m.user_id = ${tx.userId} and m.id = ${id}`,
  );
  return row && toRecord(row);
}

/** Whether there is such a memory. */
export async function memoryExists(tx: TenantTransaction, id: MemoryId): Promise<boolean> {
  const rows = await tx.query(sql`
    select 1 from memories where user_id = ${tx.userId} and id = ${id}`);
  return rows.length > 0;
}

/** A memory under its lock, with what says when each of its fields was edited. */
export interface LockedMemory extends MemoryRecord {
  /** As the column has it: `clocksOf` reads it. v1 kept other things there. */
  readonly clocks: unknown;
}

/** Memories by id, locked until the transaction ends; in no order, those that are not there left out. */
export async function lockMemories(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<LockedMemory[]> {
  const rows = await tx.query(sql<MemoryRow & { vector_clock: unknown }>`
    select ${columns}, m.vector_clock ${fromMemories}
     where m.user_id = ${tx.userId} and m.id = any(${ids}::text[]) order by m.id for update of m`);
  return rows.map((row) => ({ ...toRecord(row), clocks: row.vector_clock }));
}

/** One memory by id, locked until the transaction ends. */
export const lockMemory = async (
  tx: TenantTransaction,
  id: MemoryId,
): Promise<LockedMemory | undefined> => (await lockMemories(tx, [id]))[0];

/**
 * Memories by document number, in no order. Migration 014 has the statement: one look-up a document, planned once.
 *
 * @param asOf the index that the documents were ranked in: nothing is found when the tenant's is another by now
 */
export async function selectMemoriesByDoc(
  tx: TenantTransaction,
  docs: readonly number[],
  asOf?: Pick<IndexHead, 'version' | 'generation'>,
): Promise<MemoryRecord[]> {
  const { version = null, generation = null } = asOf ?? {};
  // As text: the driver looks at each element of an array, numbers or not.
  const wanted = `{${docs.join(',')}}`;
  const rows = await tx.query<MemoryRow>(
    sql`select * from recalled_memories(${tx.userId}, ${wanted}::int[], ${version}, ${generation})`,
  );
  return rows.map(toRecord);
}

/** What a recalled memory must be. */
export interface RecallFilter {
  readonly zone: Zone | undefined;
  /** Epoch seconds, inclusive; a memory's time is when it happened, else when it was stored. */
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly agentId: string | undefined;
  readonly sessionId: string | undefined;
  /** Top-level keys of its metadata and the scalar that each must equal. */
  readonly metadata: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

/**
 * Which of these documents pass the filter, in no order.
 * Containment of JSON is not leakproof, so under row security no index could serve it; it need not: the rows are
 * found by (user_id, doc), whose operators are, and only those are looked at. `offset 0` keeps it one look-up a
 * document: with `doc = any(…)` Postgres 15 preferred to read the whole zone. For scalars below the top level
 * containment is equality: an array or object never contains a scalar there.
 */
export async function matchingDocs(
  tx: TenantTransaction,
  docs: readonly number[],
  filter: RecallFilter,
): Promise<number[]> {
  const rows = await tx.query<{ doc: number }>(sql`
    select found.doc from unnest(${docs}::int[]) as wanted (doc) cross join lateral (
    select doc from memories
     where user_id = ${tx.userId} and doc = wanted.doc
       ${memoriesMatch(filter)}
    offset 0) as found`);
  return rows.map((row) => row.doc);
}

/**
 * All documents that pass the filter, in no order, as one value of four bytes each. Reads every memory of the tenant,
 * unless zone or time say where they are: for filters that hardly anything passes.
 */
export async function everyMatchingDoc(
  tx: TenantTransaction,
  filter: RecallFilter,
): Promise<Uint32Array> {
  const [row] = await tx.query(sql<{ docs: Uint8Array | null }>`
    select string_agg(int4send(doc), ''::bytea) as docs
      from memories
     where user_id = ${tx.userId} ${memoriesMatch(filter)}`);
  return decodeDocs(row?.docs);
}

/** The filter as conditions on columns of `memories`, to be put behind others. */
export function memoriesMatch(filter: RecallFilter): Sql {
  const { zone, since, until, agentId, sessionId, metadata } = filter;
  const moment = sql`coalesce(occurred_at, created_at)`;
  return sql`
       ${zone === undefined ? sql`` : sql`and zone = ${zone}`}
       ${since === undefined ? sql`` : sql`and ${moment} >= ${since}`}
       ${until === undefined ? sql`` : sql`and ${moment} <= ${until}`}
       ${agentId === undefined ? sql`` : sql`and agent_id = ${agentId}`}
       ${sessionId === undefined ? sql`` : sql`and session_id = ${sessionId}`}
       ${metadata === undefined ? sql`` : sql`and metadata @> ${JSON.stringify(metadata)}::jsonb`}`;
}

/** Where a page of a list begins: after this score and id. */
export interface ListPosition {
  readonly score: number;
  readonly id: string;
}

/** What to list: highest score first, ties by id. */
export interface ListSelection {
  readonly zone: Zone | undefined;
  readonly after: ListPosition | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** A page of the tenant's memories; walks the score index, with the zone in front when one is asked for. */
export async function selectPage(
  tx: TenantTransaction,
  selection: ListSelection,
): Promise<MemoryRecord[]> {
  const { zone, after, offset, limit } = selection;
  const rows = await tx.query<MemoryRow>(sql`
    select ${columns} ${fromMemories}
     where m.user_id = ${tx.userId}
       ${zone === undefined ? sql`` : sql`and m.zone = ${zone}`}
       ${after === undefined ? sql`` : sql`and m.total_score <= ${after.score} and (m.total_score < ${after.score} or m.id > ${after.id})`}
     order by m.total_score desc, m.id
     limit ${limit} offset ${offset}`);
  return rows.map(toRecord);
}

/** A stretch of time, newest first; a memory's time is when it happened, else when it was stored. */
export async function selectTimeline(
  tx: TenantTransaction,
  range: {
    readonly start: number | undefined;
    readonly end: number | undefined;
    readonly limit: number;
  },
): Promise<MemoryRecord[]> {
  const moment = sql`coalesce(m.occurred_at, m.created_at)`;
  const rows = await tx.query<MemoryRow>(sql`
    select ${columns} ${fromMemories}
     where m.user_id = ${tx.userId}
       ${range.start === undefined ? sql`` : sql`and ${moment} >= ${range.start}`}
       ${range.end === undefined ? sql`` : sql`and ${moment} <= ${range.end}`}
     order by ${moment} desc, m.id
     limit ${range.limit}`);
  return rows.map(toRecord);
}

/** Deletes one memory and, by cascade, its recalls. */
export async function deleteMemory(tx: TenantTransaction, id: MemoryId): Promise<void> {
  await tx.query(sql`delete from memories where user_id = ${tx.userId} and id = ${id}`);
}
