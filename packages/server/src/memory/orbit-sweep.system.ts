import { type Clock, epochSeconds } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import { type DueTenant, selectDueTenants } from '../storage/statements/due-tenants.system.js';
import { reorbitDue } from '../storage/statements/orbits.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';

/** Memories of one tenant that a transaction moves at most: his own stores wait for it, and the other tenants. */
const memoriesABatch = 500;
const tenantsAPage = 100;

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
 * Moves what time has made due, for every tenant. Each has one small batch in a round, however much he has due, and
 * rounds go on until one moves nothing. Any number of nodes may sweep: one that meets a tenant in another's transaction
 * passes him over, and nothing is remembered but what is due. One that fails is left for the next sweep, or he would
 * keep everybody behind him waiting for ever.
 *
 * @returns how many memories changed their zone
 * @throws AggregateError at the end, when tenants failed
 */
export async function sweepOrbits(options: SweepOptions): Promise<number> {
  const now = epochSeconds(options.clock);
  const failures = new Map<UserId, unknown>();
  let moved = 0;
  for (let progress = true; progress; ) {
    progress = false;
    for await (const { userId } of dueTenants(options, now)) {
      if (failures.has(userId)) continue;
      try {
        const outcome = await moveBatch(options, userId, now);
        moved += outcome?.moved ?? 0;
        // What is due again was only begun; whoever was passed over is for the next sweep.
        progress ||= outcome !== undefined && outcome.due < now;
      } catch (error) {
        failures.set(userId, error);
      }
    }
  }
  if (failures.size > 0)
    throw new AggregateError(failures.values(), `${failures.size} tenants could not be moved`);
  return moved;
}

const moveBatch = (options: SweepOptions, userId: UserId, now: number) =>
  options.tenants.withTenant(userId, (tx) =>
    reorbitDue(tx.ending, { now, atMost: options.memoriesABatch ?? memoriesABatch, waits: false }),
  );

/** Every tenant with something due, longest due first, each once. */
async function* dueTenants(
  { system, isStopping }: SweepOptions,
  now: number,
): AsyncGenerator<DueTenant> {
  let after: DueTenant | undefined;
  for (;;) {
    const place = after;
    const page = await system.asSystem(
      (tx) => selectDueTenants(tx, { now, after: place, limit: tenantsAPage }),
      { readOnly: true },
    );
    for (const tenant of page) {
      if (isStopping?.() === true) return;
      yield tenant;
    }
    after = page.at(-1);
    if (page.length < tenantsAPage) return;
  }
}
