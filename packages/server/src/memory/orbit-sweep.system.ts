import { type Clock, epochSeconds } from '../domain/clock.js';
import { selectDueTenants } from '../storage/statements/due-tenants.system.js';
import { reorbitDue } from '../storage/statements/orbits.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import { inRounds } from './tenant-rounds.system.js';

/** Memories of one tenant that a transaction moves at most: his own stores wait for it, and the other tenants. */
const memoriesABatch = 500;

/** What a sweep needs. */
export interface SweepOptions {
  readonly system: SystemDoor;
  readonly tenants: TenantDoor;
  readonly clock: Clock;
  /** Ends the sweep before the next tenant; what is left stays due. */
  readonly isStopping?: () => boolean;
  readonly memoriesABatch?: number;
}

/**
 * Moves what time has made due, for every tenant, a small batch each in turn. Any number of nodes may sweep: one that
 * meets a tenant in another's transaction passes him over.
 *
 * @returns how many memories changed their zone
 * @throws AggregateError at the end, when tenants failed
 */
export async function sweepOrbits({
  system,
  tenants,
  clock,
  isStopping,
  memoriesABatch: atMost = memoriesABatch,
}: SweepOptions): Promise<number> {
  const now = epochSeconds(clock);
  let moved = 0;
  await inRounds({
    system,
    isStopping,
    due: (tx, page) => selectDueTenants(tx, { now, ...page }),
    async batch(userId) {
      const outcome = await tenants.withTenant(userId, (tx) =>
        reorbitDue(tx.ending, { now, atMost, waits: false }),
      );
      moved += outcome?.moved ?? 0;
      // What is due again was only begun; whoever was passed over is for the next sweep.
      return outcome !== undefined && outcome.due < now;
    },
  });
  return moved;
}
