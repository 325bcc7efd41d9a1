import type { SettingsPatch } from '@stellar-memory/protocol';
import { epochSeconds } from '../domain/clock.js';
import { forgettingSeconds } from '../domain/forgetting.js';
import type { UserId } from '../domain/ids.js';
import { appendAudit } from '../storage/statements/audit-log.js';
import { deleteIdentities, insertIdentitiesFrom } from '../storage/statements/memory-identities.js';
import {
  selectSettings,
  updateDuplicates,
  updateForgetAfter,
} from '../storage/statements/tenant-settings.js';
import { lockUsage } from '../storage/statements/tenant-usage.js';
import type { TenantDoor, TenantTransaction } from '../storage/tenant-door.js';
import type { MemoryDependencies } from './dependencies.js';
import type { LifeService } from './life-service.js';

/** Memories that one transaction makes findable at most: the tenant's stores wait for it. */
const batch = 2_000;
/** Milliseconds for taking back what half a million memories were found by. */
const takeBackMs = 60_000;

/** Reads and changes what a tenant has chosen. */
export const createSettings = ({
  tenants,
  clock,
}: Pick<MemoryDependencies, 'tenants' | 'clock'>): Pick<
  LifeService,
  'settings' | 'changeSettings'
> => {
  const settings: LifeService['settings'] = async (userId) => {
    const { duplicates, forgetAfterDays } = await tenants.withTenant(
      userId,
      (tx) => selectSettings(tx.ending),
      { readOnly: true },
    );
    return { duplicates, forget_after_days: forgetAfterDays };
  };
  return {
    settings,
    async changeSettings(userId, patch, actor) {
      await tenants.withTenant(
        userId,
        async (tx) => {
          await lockUsage(tx);
          await write(tx, patch, epochSeconds(clock));
          await appendAudit(tx, { action: 'settings.changed', actor, detail: patch });
        },
        { timeoutMs: takeBackMs },
      );
      if (patch.duplicates !== undefined && patch.duplicates !== 'keep')
        await makeFindable(tenants, userId);
      return settings(userId);
    },
  };
};

async function write(
  tx: TenantTransaction,
  { duplicates, forget_after_days: days }: SettingsPatch,
  now: number,
): Promise<void> {
  if (duplicates !== undefined) await updateDuplicates(tx, duplicates);
  if (duplicates === 'keep') await deleteIdentities(tx);
  if (days !== undefined) await updateForgetAfter(tx, days, now + forgettingSeconds);
}

/**
 * Stores are merged already; what was stored before is made findable, in steps that stores can pass between. Cut off,
 * it is completed by asking again.
 */
async function makeFindable(tenants: TenantDoor, userId: UserId): Promise<void> {
  let from: number | undefined = 0;
  while (from !== undefined) {
    const start: number = from;
    from = await tenants.withTenant(userId, async (tx) => {
      await lockUsage(tx);
      return insertIdentitiesFrom(tx, start, batch);
    });
  }
}
