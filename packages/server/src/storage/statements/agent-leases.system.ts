import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A lease as the node knows it that serves its connection. */
export interface HeldLease {
  readonly userId: UserId;
  readonly agent: string;
  readonly session: string;
}

/** Extends these leases and answers the sessions of those that are still held. */
export async function renewLeases(
  tx: SystemTransaction,
  leases: readonly HeldLease[],
  seconds: number,
): Promise<ReadonlySet<string>> {
  const rows = await tx.query(sql<{ session: string }>`
    update agent_leases l set expires_at = now() + make_interval(secs => ${seconds})
      from unnest(${leases.map(({ userId }) => userId)}::uuid[], ${leases.map(({ agent }) => agent)}::text[],
                  ${leases.map(({ session }) => session)}::uuid[]) as held (user_id, agent_id, session)
     where l.user_id = held.user_id and l.agent_id = held.agent_id and l.session = held.session
     returning l.session`);
  return new Set(rows.map(({ session }) => session));
}
