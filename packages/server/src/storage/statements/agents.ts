import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A memory's way from one agent to another; `null` is none. */
export interface AgentMove {
  readonly leaves: string | null;
  readonly enters: string | null;
}

/**
 * Counts a memory's way from one agent to another. The caller holds the counter row's lock.
 * False when the tenant has no room for another agent: the transaction must then roll back.
 */
export async function moveAgent(
  tx: TenantTransaction,
  { leaves, enters }: AgentMove,
): Promise<boolean> {
  const [row] = await tx.query<{ fits: boolean }>(
    sql`select move_agent(${tx.userId}, ${leaves}, ${enters}) as fits`,
  );
  return row?.fits === true;
}

/** An agent and how many memories are his. */
export interface AgentRow {
  readonly agentId: string;
  readonly memories: number;
}

/** Agents that have memories, in the order of their names, behind one when given. */
export const selectAgents = (
  tx: TenantTransaction,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<AgentRow[]> =>
  tx.query(sql<AgentRow>`
    select agent_id as "agentId", memories from agents
     where user_id = ${tx.userId} ${after === undefined ? sql`` : sql`and agent_id > ${after}`}
     order by agent_id
     limit ${limit}`);

/** How many memories each of these agents has, and those that have any of these memories; none is left out. */
export const selectAgentCounts = (
  tx: TenantTransaction,
  agents: readonly string[],
  memoryIds: readonly string[],
): Promise<{ agent: string; memories: number }[]> =>
  tx.query(sql<{ agent: string; memories: number }>`
    select agent_id as agent, memories from agents
     where user_id = ${tx.userId}
       and (agent_id = any(${agents}::text[]) or agent_id in (
            select agent_id from memories where user_id = ${tx.userId} and id = any(${memoryIds}::text[])))`);
