import { epochSeconds } from '../domain/clock.js';
import { reorbitDue } from '../storage/statements/orbits.js';
import type { MemoryDependencies } from './dependencies.js';
import type { MemoryService } from './memory-service.js';

/** Memories a transaction moves at most: the tenant's writers wait for it. */
export const memoriesABatch = 1_000;
/** Transactions one call takes at most; what is left is due at the next one, or for the sweep. */
const batchesACall = 20;

/** Moves what is due at once instead of within a minute. Round trips: 1 when nothing is, else 1 for each thousand. */
export const createReorbit =
  ({ tenants, clock }: MemoryDependencies): MemoryService['reorbit'] =>
  async (userId) => {
    const now = epochSeconds(clock);
    let moved = 0;
    for (let batch = 0; batch < batchesACall; batch += 1) {
      const outcome = await tenants.withTenant(userId, (tx) =>
        reorbitDue(tx.ending, { now, atMost: memoriesABatch, waits: true }),
      );
      if (outcome === undefined) throw new Error('the tenant has no counter row');
      moved += outcome.moved;
      if (outcome.due >= now) return { moved, complete: true };
    }
    return { moved, complete: false };
  };
