import type { UserId } from '../domain/ids.js';
import {
  type AgentClaim,
  dropLease,
  type LeaseOutcome,
  takeLease,
} from '../storage/statements/agent-leases.js';
import { type HeldLease, renewLeases } from '../storage/statements/agent-leases.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** Seconds that a lease lasts without being renewed: how long an agent of a node that died counts. */
const leaseSeconds = 60;

/** Which agents of a tenant are connected, on all nodes together: one connection each. */
export interface AgentLeases {
  /** Takes the agent's lease, over from an older connection if there is one, when the limit allows another agent. */
  take(userId: UserId, claim: AgentClaim, most: number | null): Promise<LeaseOutcome>;
  /** Gives it back; nothing happens when another connection has it by now. */
  drop(userId: UserId, claim: AgentClaim): Promise<void>;
  /** Extends these, of any tenants, and answers the sessions of those that are still held. */
  renew(leases: readonly HeldLease[]): Promise<ReadonlySet<string>>;
}

/** Leases over both doors: renewing goes for all tenants of a node at once and sees no memory. */
export const createAgentLeases = ({
  tenants,
  system,
}: {
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
}): AgentLeases => ({
  take: (userId, claim, most) =>
    tenants.withTenant(userId, (tx) => takeLease(tx.ending, claim, leaseSeconds, most)),
  drop: (userId, claim) => tenants.withTenant(userId, (tx) => dropLease(tx.ending, claim)),
  renew: (leases) => system.asSystem((tx) => renewLeases(tx, leases, leaseSeconds)),
});
