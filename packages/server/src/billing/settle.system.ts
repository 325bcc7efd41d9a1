import type { Clock } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import { appendAuditOf } from '../storage/statements/audit-log.system.js';
import {
  lockAccountTiers,
  type OwnedSubscription,
  upsertSubscription,
} from '../storage/statements/subscriptions.system.js';
import { changeTier } from '../storage/statements/users.system.js';
import type { SystemDoor, SystemTransaction } from '../storage/system-door.system.js';
import type { BillingAlarm } from './alarms.js';
import type { LemonSqueezy } from './lemonsqueezy-client.js';
import { rowOf } from './stored-subscription.js';
import type { SubscriptionState } from './subscription-state.js';
import { bestTier, dueAtMs, type Shop, tierOfSubscription } from './tier-of-subscription.js';

/** What every part of billing works with. */
export interface BillingParts {
  readonly system: SystemDoor;
  readonly lemonSqueezy: LemonSqueezy;
  readonly shop: Shop;
  readonly clock: Clock;
  /** Told of what an operator should look at. Never holds a person's data. */
  readonly onAlarm: (alarm: BillingAlarm, about: object) => void;
}

/** Whose subscription, and what it was worth before; `tier` is undefined for a new one. */
export type Subscriber = Pick<OwnedSubscription, 'userId'> & {
  readonly tier?: OwnedSubscription['tier'];
};

/**
 * Writes what is known of a subscription and, when its worth changed, the account's tier and what it may store:
 * one transaction, under the subscription's lock. Nothing is ever deleted.
 */
export async function settle(
  tx: SystemTransaction,
  { shop, clock }: Pick<BillingParts, 'shop' | 'clock'>,
  { userId, tier: before = 'free' }: Subscriber,
  id: string,
  state: SubscriptionState,
): Promise<void> {
  const nowMs = clock.nowMs();
  const tier = tierOfSubscription(state, shop, nowMs);
  const due = dueAtMs(state.snapshot, nowMs);
  await upsertSubscription(
    tx,
    { ...rowOf(id, state, tier), userId },
    { dueAt: due === null ? null : new Date(due), checkedAt: new Date(nowMs) },
  );
  // An operator's own decision stands until the subscription itself changes.
  if (tier !== before) await assignBestTier(tx, userId, id);
}

async function assignBestTier(
  tx: SystemTransaction,
  userId: UserId,
  subscription: string,
): Promise<void> {
  const tier = bestTier(await lockAccountTiers(tx, userId));
  await changeTier(tx, userId, tier);
  const detail = { tier, subscription };
  await appendAuditOf(tx, userId, { action: 'account.tier', actor: 'system', detail });
}
