import type { Tier } from '@stellar-memory/protocol';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** What a tenant's counters say, or what they ought to say. */
export interface Counts {
  readonly zones: readonly number[];
  /** Memories by agent, agents in the order of their names. */
  readonly agents: readonly (readonly [string, number])[];
  /** Of the counter row; the number of agents. */
  readonly agentCount: number;
  readonly memoryLimit: number | null;
  readonly agentLimit: number | null;
}

/** The counters as they are kept. */
export async function selectCounts(tx: TenantTransaction): Promise<Counts & { tier: Tier }> {
  const [[row], agents] = await Promise.all([
    tx.query(sql<Omit<Counts, 'agents'> & { tier: Tier }>`
      select array[zone_0, zone_1, zone_2, zone_3, zone_4]::double precision[] as zones,
        agents as "agentCount", memory_limit as "memoryLimit", agent_limit as "agentLimit", tier
      from tenant_usage join users on users.id = ${tx.userId}
      where user_id = ${tx.userId}`),
    tx.query(sql<{ agent: string; memories: number }>`
      select agent_id as agent, memories from agents
      where user_id = ${tx.userId} order by agent_id collate "C"`),
  ]);
  if (row === undefined) throw new Error('the tenant has no counter row');
  return { ...row, agents: agents.map(({ agent, memories }) => [agent, memories] as const) };
}

/** The same, counted from the memories themselves: reads all of the tenant's rows. */
export async function recount(tx: TenantTransaction): Promise<Pick<Counts, 'zones' | 'agents'>> {
  const [zones, agents] = await Promise.all([
    tx.query(sql<{ zone: number; memories: number }>`
      select zone, count(*) as memories from memories where user_id = ${tx.userId} group by zone`),
    tx.query(sql<{ agent: string; memories: number }>`
      select agent_id as agent, count(*) as memories from memories
      where user_id = ${tx.userId} and agent_id is not null
      group by agent_id order by agent_id collate "C"`),
  ]);
  const ofZone = new Map(zones.map(({ zone, memories }) => [zone, memories]));
  return {
    zones: [0, 1, 2, 3, 4].map((zone) => ofZone.get(zone) ?? 0),
    agents: agents.map(({ agent, memories }) => [agent, memories] as const),
  };
}

/** Puts the counters right. The caller holds the counter row's lock. */
export async function writeCounts(tx: TenantTransaction, counts: Counts): Promise<void> {
  const [z0 = 0, z1 = 0, z2 = 0, z3 = 0, z4 = 0] = counts.zones;
  await Promise.all([
    tx.query(sql`
      update tenant_usage
         set version = version + 1,
             zone_0 = ${z0}, zone_1 = ${z1}, zone_2 = ${z2}, zone_3 = ${z3}, zone_4 = ${z4},
             agents = ${counts.agentCount}, memory_limit = ${counts.memoryLimit}::bigint,
             agent_limit = ${counts.agentLimit}::integer
       where user_id = ${tx.userId}`),
    tx.query(sql`delete from agents where user_id = ${tx.userId}`),
    tx.query(sql`
      insert into agents (user_id, agent_id, memories)
      select ${tx.userId}, agent, memories
        from unnest(${counts.agents.map(([agent]) => agent)}::text[],
                    ${counts.agents.map(([, memories]) => memories)}::bigint[]) as a (agent, memories)`),
  ]);
}

/** Notes that the tenant's counters were held against its memories just now. */
export async function noteVerified(tx: TenantTransaction): Promise<void> {
  await tx.query(sql`update tenant_usage set verified_at = now() where user_id = ${tx.userId}`);
}
