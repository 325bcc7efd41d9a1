import { randomBytes } from 'node:crypto';
import type { SubscriptionResponse } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { insertNonce } from '../storage/statements/checkout-nonces.js';
import { listSubscriptions, type SubscriptionRow } from '../storage/statements/subscriptions.js';
import { findTier } from '../storage/statements/users.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { BillingService } from './billing-service.js';
import { hashNonce } from './read-event.js';
import { takeCurrent } from './reconcile.system.js';
import type { BillingParts } from './settle.system.js';
import { stateOf } from './stored-subscription.js';
import type { PaidTier } from './tier-of-subscription.js';
import { isLapsed, isOver } from './tier-of-subscription.js';

/** What the service needs besides. */
export interface BillingServiceParts extends BillingParts {
  readonly tenants: TenantDoor;
  /** Where buyers come back to; unset leaves them with Lemon Squeezy's receipt. */
  readonly publicUrl: string | undefined;
}

/** Milliseconds that the address of a checkout serves. */
const checkoutMs = 24 * 3_600_000;

/** What users do about what they pay, through the tenant door and Lemon Squeezy's API. */
export function createBillingService(parts: BillingServiceParts): BillingService {
  const { tenants, lemonSqueezy } = parts;
  return {
    checkout: (userId, { tier }) => checkout(parts, userId, tier),
    async portal(userId) {
      const [newest] = await tenants.withTenant(userId, listSubscriptions, { readOnly: true });
      const found = newest && (await lemonSqueezy.subscription(newest.id));
      const url = found?.attributes.urls?.customer_portal;
      if (url === undefined) throw nothingBought();
      return { url };
    },
    async changePlan(userId, { tier }) {
      const running = await runningSubscription(parts, userId);
      if (running === undefined)
        throw new StellarError('conflict', {
          detail: 'There is no plan to change: buy one first.',
        });
      const attributes =
        tier === 'free'
          ? { cancelled: true }
          : { variant_id: Number(parts.shop.variants[tier]), cancelled: false };
      const current = await lemonSqueezy.changeSubscription(running.id, attributes);
      if (current === undefined) throw nothingBought();
      await takeCurrent(parts, current, []);
      return present(parts, userId);
    },
    subscription: (userId) => present(parts, userId),
  };
}

async function checkout(parts: BillingServiceParts, userId: UserId, tier: PaidTier) {
  const { tenants, lemonSqueezy, shop, clock, publicUrl } = parts;
  await refuseSecondPurchase(parts, userId);
  const nonce = newNonce();
  await tenants.withTenant(userId, (tx) => insertNonce(tx, hashNonce(nonce)));
  const variant = shop.variants[tier];
  const expires_at = new Date(clock.nowMs() + checkoutMs).toISOString();
  const { url } = await lemonSqueezy.createCheckout(
    {
      // Other variants are cheaper: only this one may be bought here.
      product_options: {
        enabled_variants: [Number(variant)],
        ...(publicUrl === undefined ? {} : { redirect_url: publicUrl }),
      },
      checkout_data: { custom: { nonce } },
      expires_at,
      test_mode: shop.testMode,
    },
    {
      store: { data: { type: 'stores', id: shop.storeId } },
      variant: { data: { type: 'variants', id: variant } },
    },
  );
  return { url, expires_at };
}

/** 32 hexadecimal characters: 128 random bits, of use once. */
const newNonce = (): string => randomBytes(16).toString('hex');

async function refuseSecondPurchase(parts: BillingServiceParts, userId: UserId): Promise<void> {
  const tier = await parts.tenants.withTenant(userId, findTier, { readOnly: true });
  if (tier === 'local')
    throw new StellarError('conflict', { detail: 'The local account has no limits to lift.' });
  if ((await runningSubscription(parts, userId)) !== undefined)
    throw new StellarError('conflict', {
      detail: 'There is a subscription already: change its plan instead.',
    });
}

/** The subscription that has not ended. Errors: `payment_required` while its payment is open. */
async function runningSubscription(
  { tenants, clock }: BillingServiceParts,
  userId: UserId,
): Promise<SubscriptionRow | undefined> {
  const rows = await tenants.withTenant(userId, listSubscriptions, { readOnly: true });
  const running = rows.find((row) => !isOver(stateOf(row).snapshot, clock.nowMs()));
  if (running !== undefined && isLapsed(running.status))
    throw new StellarError('payment_required', {
      detail: 'The last payment has failed. Settle it in the billing portal.',
    });
  return running;
}

async function present(
  { tenants, clock }: BillingServiceParts,
  userId: UserId,
): Promise<SubscriptionResponse> {
  const [tier, rows] = await tenants.withTenant(
    userId,
    (tx) => Promise.all([findTier(tx), listSubscriptions(tx)]),
    { readOnly: true },
  );
  if (tier === undefined) throw new StellarError('not_found');
  const shown = rows.find((row) => !isOver(stateOf(row).snapshot, clock.nowMs())) ?? rows[0];
  return { tier, subscription: shown === undefined ? null : presentRow(shown) };
}

const presentRow = (row: SubscriptionRow): NonNullable<SubscriptionResponse['subscription']> => ({
  status: row.status,
  tier: row.tier,
  renews_at: row.renewsAt?.toISOString() ?? null,
  ends_at: row.endsAt?.toISOString() ?? null,
  payment_open: isLapsed(row.status),
});

const nothingBought = (): StellarError =>
  new StellarError('not_found', { detail: 'Nothing was bought with this account.' });
