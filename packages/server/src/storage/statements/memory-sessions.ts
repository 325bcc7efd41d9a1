import { type Sql, sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A conversation as its row holds it. Times are epoch seconds. */
export interface MemorySessionRow {
  readonly id: string;
  readonly agentId: string | null;
  readonly startedAt: number;
  /** What was stored since it began has this document number or a greater one. */
  readonly firstDoc: number;
  readonly endedAt: number | null;
  readonly memories: number | null;
  readonly summary: string | null;
  readonly summaryMemoryId: string | null;
}

const columns: Sql = sql`
  id, agent_id as "agentId", started_at as "startedAt", first_doc as "firstDoc", ended_at as "endedAt",
  memories, summary, summary_memory_id as "summaryMemoryId"`;

/** Begins a conversation, unless there is one of this name already. */
export async function insertSession(
  tx: TenantTransaction,
  session: Pick<MemorySessionRow, 'id' | 'agentId' | 'startedAt'>,
): Promise<void> {
  await tx.query(sql`
    insert into memory_sessions (user_id, id, agent_id, started_at, first_doc)
    select user_id, ${session.id}, ${session.agentId}, ${session.startedAt}, next_doc
      from tenant_usage where user_id = ${tx.userId}
    on conflict (user_id, id) do nothing`);
}

/** One conversation. */
export async function selectSession(
  tx: TenantTransaction,
  id: string,
): Promise<MemorySessionRow | undefined> {
  const [row] = await tx.query(sql<MemorySessionRow>`
    select ${columns} from memory_sessions where user_id = ${tx.userId} and id = ${id}`);
  return row;
}

/** Conversations, the newest first; after a start and a name when given. */
export const selectSessions = (
  tx: TenantTransaction,
  selection: {
    readonly agentId: string | undefined;
    readonly after: { readonly startedAt: number; readonly id: string } | undefined;
    readonly limit: number;
  },
): Promise<MemorySessionRow[]> => {
  const { agentId, after, limit } = selection;
  return tx.query(sql<MemorySessionRow>`
    select ${columns} from memory_sessions
     where user_id = ${tx.userId}
       ${agentId === undefined ? sql`` : sql`and agent_id = ${agentId}`}
       ${after === undefined ? sql`` : sql`and started_at <= ${after.startedAt} and (started_at < ${after.startedAt} or id > ${after.id})`}
     order by started_at desc, id
     limit ${limit}`);
};

/** The next conversations behind a name, by name, which never changes. */
export const selectSessionsBehind = (
  tx: TenantTransaction,
  after: string | undefined,
  limit: number,
): Promise<MemorySessionRow[]> =>
  tx.query(sql<MemorySessionRow>`
    select ${columns} from memory_sessions
     where user_id = ${tx.userId}
       ${after === undefined ? sql`` : sql`and id > ${after}`}
     order by id limit ${limit}`);

/**
 * Takes conversations in as they were elsewhere; those whose name is there stay as they are. What is stored from now on
 * with their label belongs to them. Answers how many there are, and of how many: the tier's memories bound them too.
 */
export async function takeSessions(
  tx: TenantTransaction,
  sessions: readonly Omit<MemorySessionRow, 'firstDoc'>[],
): Promise<{ readonly used: number; readonly limit: number | null }> {
  const [, [row]] = await Promise.all([
    tx.query(sql`
      insert into memory_sessions (user_id, id, agent_id, started_at, first_doc, ended_at, memories, summary,
                                   summary_memory_id)
      select u.user_id, s.id, s."agentId", s."startedAt", u.next_doc, s."endedAt", s.memories, s.summary,
             s."summaryMemoryId"
        from tenant_usage u cross join jsonb_to_recordset(${JSON.stringify(sessions)}::jsonb) as s (
             id text, "agentId" text, "startedAt" double precision, "endedAt" double precision, memories integer,
             summary text, "summaryMemoryId" text)
       where u.user_id = ${tx.userId}
      on conflict (user_id, id) do nothing`),
    tx.query(sql<{ used: number; limit: number | null }>`
      select (select count(*) from memory_sessions where user_id = ${tx.userId}) as used, memory_limit as limit
        from tenant_usage where user_id = ${tx.userId}`),
  ]);
  return row!;
}

/** Ends a conversation that goes on; one that has ended stays as it is. */
export async function endSession(
  tx: TenantTransaction,
  session: Pick<MemorySessionRow, 'id' | 'endedAt' | 'memories' | 'summary' | 'summaryMemoryId'>,
): Promise<void> {
  await tx.query(sql`
    update memory_sessions
       set ended_at = ${session.endedAt}, memories = ${session.memories}, summary = ${session.summary},
           summary_memory_id = ${session.summaryMemoryId}
     where user_id = ${tx.userId} and id = ${session.id} and ended_at is null`);
}

/** The most important memories that were stored with a label, and how many there are. */
export interface LabelledMemories {
  readonly memories: number;
  readonly best: readonly { readonly content: string; readonly importance: number }[];
}

/**
 * What was stored with a conversation's label since it began: walks the tenant's documents from there on, so that the
 * cost grows with what was stored meanwhile.
 */
export async function selectLabelled(
  tx: TenantTransaction,
  { id, firstDoc, agentId }: Pick<MemorySessionRow, 'id' | 'firstDoc' | 'agentId'>,
  best: number,
): Promise<LabelledMemories> {
  const rows = await tx.query(sql<{ content: string; importance: number; memories: number }>`
    select left(content, 200) as content, arbitrary_importance as importance,
           (count(*) over ())::int as memories
      from memories
     where user_id = ${tx.userId} and doc >= ${firstDoc} and session_id = ${id}
       ${agentId === null ? sql`` : sql`and agent_id = ${agentId}`}
     order by arbitrary_importance desc, doc
     limit ${best}`);
  return { memories: rows[0]?.memories ?? 0, best: rows };
}
