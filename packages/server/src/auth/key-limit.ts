import { type Tier, tierLimits } from '@stellar-memory/protocol';
import { growthRefused } from '../domain/growth-refused.js';
import { hasLapsed } from '../storage/statements/subscriptions.js';
import type { TenantTransaction } from '../storage/tenant-door.js';

/** Keys in use; a limit of `null` is unlimited. */
export interface KeyUsage {
  readonly used: number;
  readonly limit: number | null;
}

/** Errors: `quota_exceeded`, or `payment_required`, when the tier has no room for another key. */
export async function refuseBeyondLimit(
  tx: TenantTransaction,
  tier: Tier,
  used: number,
  upgradeUrl: string | undefined,
): Promise<void> {
  const limit = tierLimits[tier].apiKeys;
  if (limit === null || used < limit) return;
  const detail = `All ${limit} API keys of the tier ${tier} are in use. Revoke one, or upgrade.`;
  throw growthRefused(
    { detail, limit, used, upgradeUrl },
    tier === 'free' && (await hasLapsed(tx)),
  );
}
