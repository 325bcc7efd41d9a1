import { type Clock, epochSeconds } from '../domain/clock.js';
import { restorableSeconds } from '../domain/forgetting.js';
import type { UserId } from '../domain/ids.js';
import { eraseBeyond, eraseUntil } from '../storage/statements/forgotten-memories.js';
import { selectTenantsToErase } from '../storage/statements/forgotten-memories.system.js';
import { selectUsage } from '../storage/statements/tenant-usage.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** What erasing needs. */
export interface EraseOptions {
  readonly system: SystemDoor;
  readonly tenants: TenantDoor;
  readonly clock: Clock;
  /** Ends the run before the next tenant. */
  readonly isStopping?: () => boolean;
}

/** Memories that one transaction erases at most: it must end soon. */
const batch = 200;
/** Tenants that are looked up at once. */
const tenantsAtOnce = 100;

/**
 * Erases what can no longer be restored, of every tenant in turn, a batch each, until nothing is left. Any number of
 * nodes may run it at once: none waits for another. The system role learns whose turn it is; erasing is each tenant's
 * own transaction. Answers how many memories.
 */
export async function eraseForgotten(options: EraseOptions): Promise<number> {
  let erased = 0;
  for (;;) {
    const inThisRound = await eraseRound(options);
    if (inThisRound === 0) return erased;
    erased += inThisRound;
  }
}

async function eraseRound({ system, tenants, clock, isStopping }: EraseOptions): Promise<number> {
  const until = epochSeconds(clock) - restorableSeconds;
  let erased = 0;
  let after: UserId | undefined;
  for (;;) {
    const page = { after, until, limit: tenantsAtOnce };
    const due = await system.asSystem((tx) => selectTenantsToErase(tx, page), { readOnly: true });
    for (const userId of due) {
      if (isStopping?.() === true) return 0;
      erased += await eraseOf(tenants, userId, until);
    }
    after = due.at(-1);
    if (due.length < tenantsAtOnce) return erased;
  }
}

/** Nobody may fill the disk with what he forgets: no more than he may have memories. */
const eraseOf = (tenants: TenantDoor, userId: UserId, until: number): Promise<number> =>
  tenants.withTenant(userId, async (tx) => {
    const [expired, usage] = await Promise.all([eraseUntil(tx, until, batch), selectUsage(tx)]);
    const most = usage?.memoryLimit ?? null;
    return most === null ? expired : expired + (await eraseBeyond(tx, most, batch));
  });
