import { type Clock, epochSeconds } from '../domain/clock.js';
import { purgeSeconds } from '../domain/forgetting.js';
import type { UserId } from '../domain/ids.js';
import type { LexicalIndex } from '../recall/lexical-index.js';
import { selectPurgingTenants } from '../storage/statements/due-tenants.system.js';
import { endPurge, selectPurge } from '../storage/statements/index-purges.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import { inRounds } from './tenant-rounds.system.js';

/** What purging needs. */
export interface PurgeOptions {
  readonly system: SystemDoor;
  readonly tenants: TenantDoor;
  readonly index: Pick<LexicalIndex, 'purge'>;
  readonly clock: Clock;
  /** Ends it before the next segment; what is left stays due. */
  readonly isStopping?: () => boolean;
}

/**
 * Takes the words of erased memories out of the index, of tenants in turn, a segment each. A forgotten memory is found by
 * nobody from the start; here its words leave the blocks that hold them. Cut off, it goes on where it was.
 *
 * @throws AggregateError at the end, when tenants failed
 */
export async function purgeErased(options: PurgeOptions): Promise<void> {
  const { system, isStopping } = options;
  const now = epochSeconds(options.clock);
  await inRounds({
    system,
    isStopping,
    due: (tx, page) => selectPurgingTenants(tx, { now, ...page }),
    batch: (userId) => purgeStep(options, userId, now),
  });
}

/** Answers whether there is more to do now. */
async function purgeStep(
  { tenants, index }: PurgeOptions,
  userId: UserId,
  now: number,
): Promise<boolean> {
  const until = await tenants.withTenant(userId, (tx) => selectPurge(tx.ending, now), {
    readOnly: true,
  });
  if (until === undefined) return false;
  const outcome = await index.purge(userId, until);
  if (outcome === 'done')
    await tenants.withTenant(userId, (tx) => endPurge(tx.ending, until, now + purgeSeconds));
  return outcome === 'more';
}
