import type { FeedState } from '../../domain/sync-cursor.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';
import { type MemoryRecord, type MemoryRow, toRecord } from './memories.js';

/** One transaction that changed the tenant's memories, and what became of them. */
export interface ChangeRow {
  readonly seq: number;
  readonly chain: string;
  readonly at: Date;
  /** Those that were stored or edited and are there still, as they are now, in the order of the log. */
  readonly memories: readonly MemoryRecord[];
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

/** What a feed has after a place. */
export interface FeedRows {
  readonly state: FeedState;
  /** In their order; the change at the place is the first, where the log has it. */
  readonly changes: readonly ChangeRow[];
  /** Chain of the change that was asked for beside them; `undefined` when the log does not have it. */
  readonly shownChain: string | undefined;
}

/** What to read. */
export interface FeedQuery {
  readonly fromSeq: number;
  /** A change whose chain is wanted too. */
  readonly shownSeq?: number | undefined;
  /** Changes at most, beside the one at the place. */
  readonly changes: number;
  /** Memories that the changes name at most, unless one alone names more. */
  readonly memories: number;
}

interface FeedRow {
  epoch: string;
  head: number;
  floor: number;
  head_chain: string;
  shown_chain: string | null;
  /** Null, and what follows with it: there is no change. */
  seq: number | null;
  chain: string;
  at: Date;
  stored: string[];
  forgotten: string[];
  mutation: string | null;
  made_by: string[];
  memories: MemoryRow[] | null;
}

/** Changes from a place on, with their memories. `undefined` before the first change. Migration 034 has the statement. */
export async function selectFeed(
  tx: TenantTransaction,
  { fromSeq, shownSeq, changes, memories }: FeedQuery,
): Promise<FeedRows | undefined> {
  const rows = await tx.query(sql<FeedRow>`
    select * from feed_page(${tx.userId}, ${fromSeq}, ${shownSeq ?? null}, ${changes + 1}, ${memories})`);
  const [first] = rows;
  if (first === undefined) return undefined;
  const { epoch, head, floor, head_chain: chain } = first;
  return {
    state: { epoch, head, floor, chain },
    changes: rows.filter(({ seq }) => seq !== null).map(toChange),
    shownChain: first.shown_chain ?? undefined,
  };
}

const toChange = ({ seq, chain, at, memories, ...row }: FeedRow): ChangeRow => ({
  seq: seq!,
  chain,
  at,
  memories: (memories ?? []).map(toRecord),
  forgotten: row.forgotten,
  mutation: row.mutation,
  madeBy: row.made_by,
});

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
