import { type Clock, epochSeconds } from '../domain/clock.js';
import { mostRestorable, purgeSeconds, restorableSeconds } from '../domain/forgetting.js';
import type { UserId } from '../domain/ids.js';
import { eraseBeyond, eraseUntil } from '../storage/statements/forgotten-memories.js';
import { selectTenantsToErase } from '../storage/statements/forgotten-memories.system.js';
import { notePurge } from '../storage/statements/index-purges.js';
import { lockUsage, selectUsage } from '../storage/statements/tenant-usage.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** What erasing needs. */
export interface EraseOptions {
  readonly system: SystemDoor;
  readonly tenants: TenantDoor;
  readonly clock: Clock;
  /** Forgotten memories that are kept of one tenant at most. */
  readonly most?: number;
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

async function eraseRound({
  system,
  tenants,
  clock,
  most = mostRestorable,
  isStopping,
}: EraseOptions): Promise<number> {
  const now = epochSeconds(clock);
  const bounds = { until: now - restorableSeconds, most };
  let erased = 0;
  let after: UserId | undefined;
  for (;;) {
    const page = { after, ...bounds, limit: tenantsAtOnce };
    const due = await system.asSystem((tx) => selectTenantsToErase(tx, page), { readOnly: true });
    for (const userId of due) {
      if (isStopping?.() === true) return 0;
      erased += await eraseOf(tenants, userId, { ...bounds, now });
    }
    after = due.at(-1);
    if (due.length < tenantsAtOnce) return erased;
  }
}

/** The counter row's lock first, as in every writer. What has no limit of memories has none here either. */
const eraseOf = (
  tenants: TenantDoor,
  userId: UserId,
  { until, most, now }: { readonly until: number; readonly most: number; readonly now: number },
): Promise<number> =>
  tenants.withTenant(userId, async (tx) => {
    const [, usage, expired] = await Promise.all([
      lockUsage(tx),
      selectUsage(tx),
      eraseUntil(tx, until, batch),
    ]);
    const isLimited = usage !== undefined && usage.memoryLimit !== null;
    const erased = expired + (isLimited ? await eraseBeyond(tx, most, batch) : 0);
    if (erased > 0) await notePurge(tx, now + purgeSeconds);
    return erased;
  });
