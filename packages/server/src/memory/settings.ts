import type { UserId } from '../domain/ids.js';
import {
  deleteIdentities,
  insertIdentitiesFrom,
  selectMergesDuplicates,
  updateMergesDuplicates,
} from '../storage/statements/memory-identities.js';
import { lockUsage } from '../storage/statements/tenant-usage.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import type { LifeService } from './life-service.js';

/** Memories that one transaction makes findable at most: the tenant's stores wait for it. */
const batch = 2_000;
/** Milliseconds for taking back what half a million memories were found by. */
const takeBackMs = 60_000;

/** Reads and changes what a tenant has chosen. */
export const createSettings = ({
  tenants,
}: Pick<MemoryDependencies, 'tenants'>): Pick<LifeService, 'settings' | 'changeSettings'> => {
  const settings: LifeService['settings'] = async (userId) => {
    const merges = await tenants.withTenant(userId, (tx) => selectMergesDuplicates(tx.ending), {
      readOnly: true,
    });
    return { duplicates: merges ? 'merge' : 'keep' };
  };
  return {
    settings,
    async changeSettings(userId, { duplicates }) {
      if (duplicates === 'merge') await startMerging(tenants, userId);
      if (duplicates === 'keep') await stopMerging(tenants, userId);
      return settings(userId);
    },
  };
};

/**
 * From here on stores are merged; then what was stored before is made findable, in steps that stores can pass between.
 * Cut off, it is completed by asking again.
 */
async function startMerging(tenants: TenantDoor, userId: UserId): Promise<void> {
  await tenants.withTenant(userId, (tx) => updateMergesDuplicates(tx, true));
  let from: number | undefined = 0;
  while (from !== undefined) {
    const start: number = from;
    from = await tenants.withTenant(userId, async (tx) => {
      await lockUsage(tx);
      return insertIdentitiesFrom(tx, start, batch);
    });
  }
}

const stopMerging = (tenants: TenantDoor, userId: UserId): Promise<void> =>
  tenants.withTenant(
    userId,
    async (tx) => {
      await updateMergesDuplicates(tx, false);
      await deleteIdentities(tx);
    },
    { timeoutMs: takeBackMs },
  );
