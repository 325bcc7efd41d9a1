import { type Tier, tierLimits } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';

/** Keys in use; a limit of `null` is unlimited. */
export interface KeyUsage {
  readonly used: number;
  readonly limit: number | null;
}

/** Errors: `quota_exceeded` when the tier has no room for another key. */
export function refuseBeyondLimit(tier: Tier, used: number, upgradeUrl: string | undefined): void {
  const limit = tierLimits[tier].apiKeys;
  if (limit === null || used < limit) return;
  throw new StellarError('quota_exceeded', {
    detail: `All ${limit} API keys of the tier ${tier} are in use. Revoke one, or upgrade.`,
    limit,
    used,
    ...(upgradeUrl === undefined ? {} : { upgrade_url: upgradeUrl }),
  });
}
