import { StellarError } from './stellar-error.js';

/** What does not fit, and where more is to be had. */
export interface FullLimit {
  readonly detail: string;
  readonly limit: number;
  readonly used: number;
  readonly upgradeUrl?: string | undefined;
}

/**
 * The refusal of what does not fit into a tier. Whose payment has lapsed needs no better tier but to settle it, so he
 * is told that instead: `payment_required`, else `quota_exceeded`.
 */
export function growthRefused(
  { detail, limit, used, upgradeUrl }: FullLimit,
  hasLapsed: boolean,
): StellarError {
  return new StellarError(hasLapsed ? 'payment_required' : 'quota_exceeded', {
    detail: hasLapsed
      ? `${detail} The limits are those of free, since the payment of the subscription has failed.`
      : detail,
    limit,
    used,
    ...(upgradeUrl === undefined ? {} : { upgrade_url: upgradeUrl }),
  });
}
