import { type SoldTier, soldTiers } from '@stellar-memory/protocol';
import type { BillingAlarm } from './alarms.js';
import type { Snapshot, SubscriptionState } from './subscription-state.js';

/** What this server sells, and where. */
export interface Shop {
  readonly storeId: string;
  /** Whether money is pretended. Live subscriptions are worth nothing to a test server, and the other way round. */
  readonly testMode: boolean;
  /** Variant of each tier that is sold. */
  readonly variants: Readonly<Record<PaidTier, string>>;
}

/** A tier that costs something. */
export type PaidTier = Exclude<SoldTier, 'free'>;

/**
 * The one decision of what a subscription is worth: who has not paid, or has the money back, has `free`.
 * Time takes part because cancelling leaves what was paid for until it ends.
 */
export function tierOfSubscription(
  { snapshot, invoice }: SubscriptionState,
  shop: Shop,
  nowMs: number,
): SoldTier {
  const bought = tierOfVariant(snapshot, shop);
  if (bought === undefined || invoice?.refunded === true) return 'free';
  return isEntitled(snapshot, nowMs) ? bought : 'free';
}

/** The tier of a variant, if the subscription is of our shop and of its mode. */
function tierOfVariant(snapshot: Snapshot, shop: Shop): PaidTier | undefined {
  if (snapshot.storeId !== shop.storeId || snapshot.testMode !== shop.testMode) return undefined;
  if (snapshot.variantId === shop.variants.promax) return 'promax';
  return snapshot.variantId === shop.variants.pro ? 'pro' : undefined;
}

function isEntitled({ status, pauseMode, endsAtMs }: Snapshot, nowMs: number): boolean {
  switch (status) {
    case 'on_trial':
    case 'active':
    case 'past_due': // four retries in two weeks come first; the account is told
      return true;
    case 'cancelled':
      return endsAtMs !== null && nowMs < endsAtMs;
    case 'paused':
      return pauseMode === 'free';
    default: // unpaid, expired, and whatever is invented later
      return false;
  }
}

/** Lemon Squeezy's words for how a subscription is. */
const statuses = [
  'on_trial',
  'active',
  'paused',
  'past_due',
  'unpaid',
  'cancelled',
  'expired',
] as const;

/** What of a subscription this server does not know, so that it buys nothing though somebody may have paid. */
export function strangenessOf(snapshot: Snapshot, shop: Shop): BillingAlarm | undefined {
  if (tierOfVariant(snapshot, shop) === undefined) return 'unknown_variant';
  return statuses.some((status) => status === snapshot.status) ? undefined : 'unknown_status';
}

/** When time alone will change what the subscription is worth; `null` when nothing but an event can. */
export const dueAtMs = ({ status, endsAtMs }: Snapshot, nowMs: number): number | null =>
  status === 'cancelled' && endsAtMs !== null && nowMs < endsAtMs ? endsAtMs : null;

/** Whether a payment is open, which only the customer can settle. */
export const isLapsed = (status: string): boolean => status === 'past_due' || status === 'unpaid';

/** Whether it has ended, so that another may be bought. */
export const isOver = ({ status, endsAtMs }: Snapshot, nowMs: number): boolean =>
  status === 'expired' || (status === 'cancelled' && (endsAtMs === null || endsAtMs <= nowMs));

/** The best of an account's subscriptions; `free` without any. */
export const bestTier = (tiers: readonly SoldTier[]): SoldTier =>
  soldTiers.findLast((tier) => tiers.includes(tier)) ?? 'free';
