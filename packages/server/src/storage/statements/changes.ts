import type { FeedState } from '../../domain/sync-cursor.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** One transaction that changed the tenant's memories. Holds ids only. */
export interface ChangeRow {
  readonly seq: number;
  readonly chain: string;
  readonly at: Date;
  /** Ids of memories that were stored or edited. */
  readonly stored: readonly string[];
  readonly forgotten: readonly string[];
  /** Id of the mutation that made it, where a client sent one. */
  readonly mutation: string | null;
  /** Agents that made it, 10 at most, as far as they said who they are. */
  readonly madeBy: readonly string[];
}

/** Who makes a change. */
export interface Maker {
  readonly agents: readonly string[];
  /** Id of the one mutation that makes it. */
  readonly mutation?: string | undefined;
}

/** Agents that a change names at most. */
const mostMakers = 10;

/** Says who makes the change of this transaction; nothing of it is written before. */
export async function nameMaker(
  tx: TenantTransaction,
  { agents, mutation = '' }: Maker,
): Promise<void> {
  await tx.query(sql`
    select set_config('app.agents', ${agents.slice(0, mostMakers)}::text[]::text, true),
           set_config('app.mutation', ${mutation}, true)`);
}

/** Where the tenant's feed stands; `undefined` before his first change. */
export async function selectFeedState(tx: TenantTransaction): Promise<FeedState | undefined> {
  const [row] = await tx.query(sql<FeedState>`
    select epoch, head, floor, chain from tenant_sync where user_id = ${tx.userId}`);
  return row;
}

/** Changes from this number on, the first of them included, in their order. */
export const selectChanges = (
  tx: TenantTransaction,
  fromSeq: number,
  limit: number,
): Promise<ChangeRow[]> =>
  tx.query(sql<ChangeRow>`
    select seq, chain, at, stored, forgotten, mutation, made_by as "madeBy" from changes
     where user_id = ${tx.userId} and seq >= ${fromSeq}
     order by seq
     limit ${limit}`);

/** The chain of one change; `undefined` when the log does not have it. */
export async function selectChain(tx: TenantTransaction, seq: number): Promise<string | undefined> {
  const [row] = await tx.query(sql<{ chain: string }>`
    select chain from changes where user_id = ${tx.userId} and seq = ${seq}`);
  return row?.chain;
}

/** Document numbers of the memories with these ids, in no order; those that are gone have none. */
export async function selectDocsOf(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await tx.query(sql<{ doc: number }>`
    select m.doc from unnest(${ids}::text[]) as wanted (id)
      join memories m on m.user_id = ${tx.userId} and m.id = wanted.id`);
  return rows.map((row) => row.doc);
}

/** Document numbers of a page of all memories in the order of their ids. */
export async function selectDocsAfter(
  tx: TenantTransaction,
  afterId: string,
  limit: number,
): Promise<number[]> {
  const rows = await tx.query(sql<{ doc: number }>`
    select doc from memories
     where user_id = ${tx.userId} and id > ${afterId}
     order by id
     limit ${limit}`);
  return rows.map((row) => row.doc);
}
