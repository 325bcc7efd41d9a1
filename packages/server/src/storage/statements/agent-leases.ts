import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A connection that stands for an agent. */
export interface AgentClaim {
  readonly agent: string;
  /** Names the connection; a UUID. */
  readonly session: string;
}

/** What came of taking a lease. */
export interface LeaseOutcome {
  /** False when as many other agents are connected as may be. */
  readonly granted: boolean;
  /** Whether another connection of the same agent had it. */
  readonly fenced: boolean;
  /** Agents that are connected, 100 at most. */
  readonly connected: readonly string[];
}

/** Takes the agent's lease for so many seconds, when `most` allows another agent: exact, whatever races. */
export async function takeLease(
  tx: TenantTransaction,
  { agent, session }: AgentClaim,
  seconds: number,
  most: number | null,
): Promise<LeaseOutcome> {
  const [row] = await tx.query(sql<LeaseOutcome>`
    select granted, fenced, connected
      from take_lease(${tx.userId}, ${agent}, ${session}::uuid, ${seconds}, ${most})`);
  if (row === undefined) throw new Error('taking a lease answered nothing');
  return row;
}

/** Gives the lease back, if this connection still has it. */
export async function dropLease(
  tx: TenantTransaction,
  { agent, session }: AgentClaim,
): Promise<void> {
  await tx.query(sql`
    delete from agent_leases
     where user_id = ${tx.userId} and agent_id = ${agent} and session = ${session}::uuid`);
}
