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

/** How many memories more or fewer an agent has; never 0. */
export interface AgentGrowth {
  readonly agentId: string;
  readonly by: number;
}

/** Counts what agents get and lose together. The caller holds the counter row's lock and knows that there is room. */
export async function growAgents(
  tx: TenantTransaction,
  growth: readonly AgentGrowth[],
): Promise<void> {
  await tx.query(sql`
    with moved as (
      select agent_id, by from unnest(${growth.map(({ agentId }) => agentId)}::text[],
                                      ${growth.map(({ by }) => by)}::int[]) as g (agent_id, by)
    ), gone as (
      delete from agents a using moved m
       where a.user_id = ${tx.userId} and a.agent_id = m.agent_id and a.memories + m.by <= 0
      returning a.agent_id
    ), kept as (
      update agents a set memories = a.memories + m.by from moved m
       where a.user_id = ${tx.userId} and a.agent_id = m.agent_id and a.memories + m.by > 0
      returning a.agent_id
    ), come as (
      insert into agents (user_id, agent_id, memories)
      select ${tx.userId}, m.agent_id, m.by from moved m
       where m.by > 0 and not exists (
             select from agents a where a.user_id = ${tx.userId} and a.agent_id = m.agent_id)
      returning agent_id
    )
    update tenant_usage set agents = agents + (select count(*) from come) - (select count(*) from gone)
     where user_id = ${tx.userId} and (select count(*) from come) <> (select count(*) from gone)`);
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
