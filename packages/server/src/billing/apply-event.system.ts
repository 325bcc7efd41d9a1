import { claimNonce } from '../storage/statements/checkout-nonces.system.js';
import { findSubscription, lockSubscription } from '../storage/statements/subscriptions.system.js';
import { closeEvent, findOpenEvent } from '../storage/statements/webhook-events.system.js';
import type { SystemTransaction } from '../storage/system-door.system.js';
import { snapshotOf } from './lemonsqueezy-shapes.js';
import { withCurrent, withEvent, withInvoice } from './merge-subscription.js';
import { type Outcome, readEvent, type SubscriptionNews } from './read-event.js';
import { type BillingParts, type Subscriber, settle } from './settle.system.js';
import { stateOf } from './stored-subscription.js';
import type { Snapshot, SubscriptionState } from './subscription-state.js';
import { strangenessOf } from './tier-of-subscription.js';

/**
 * Applies an event that was taken in, once, whatever the number of nodes that try. Does nothing when it was
 * applied. Errors: any, and then it stays open and is tried again.
 */
export async function applyEvent(parts: BillingParts, bodyHash: string): Promise<void> {
  const { system, shop } = parts;
  const body = await system.asSystem((tx) => findOpenEvent(tx, bodyHash));
  if (body === undefined) return;
  const news = readEvent(body, shop);
  // Asked before the transaction: no lock waits for another company's server.
  const current = 'outcome' in news ? undefined : await askIfUnknown(parts, news);
  const { outcome, alarm } = await system.asSystem(async (tx): Promise<Outcome> => {
    if (!('outcome' in news)) await lockSubscription(tx, news.subscriptionId);
    if ((await findOpenEvent(tx, bodyHash)) === undefined) return { outcome: 'applied by another' };
    const result = 'outcome' in news ? news : await take(tx, parts, news, current);
    await closeEvent(tx, bodyHash, result.outcome);
    return result;
  });
  if (alarm !== undefined) parts.onAlarm(alarm, { outcome, ...idOf(news) });
}

const idOf = (news: SubscriptionNews | Outcome): object =>
  'outcome' in news ? {} : { subscription: news.subscriptionId };

/** An invoice can be the first that is heard of a subscription: its creation was lost, or comes later. */
async function askIfUnknown(
  { system, lemonSqueezy }: BillingParts,
  { subscriptionId, snapshot }: SubscriptionNews,
): Promise<Snapshot | undefined> {
  if (snapshot !== undefined) return undefined;
  const held = await system.asSystem((tx) => findSubscription(tx, subscriptionId));
  if (held !== undefined) return undefined;
  const found = await lemonSqueezy.subscription(subscriptionId);
  return found && snapshotOf(found);
}

async function take(
  tx: SystemTransaction,
  parts: BillingParts,
  news: SubscriptionNews,
  current: Snapshot | undefined,
): Promise<Outcome> {
  const held = await findSubscription(tx, news.subscriptionId);
  const before = held && stateOf(held);
  const after = merge(before, news, current);
  if (after === undefined)
    return { outcome: 'ignored: no such subscription', alarm: 'unknown_subscription' };
  if (after === before) return { outcome: 'ignored: nothing newer than what is held' };
  const subscriber = held ?? (await buyer(tx, news));
  if (subscriber === undefined)
    return {
      outcome: 'refused: no checkout of ours, or one that was used',
      alarm: 'no_checkout',
    };
  await settle(tx, parts, subscriber, news.subscriptionId, after);
  const alarm = strangenessOf(after.snapshot, parts.shop);
  return { outcome: 'applied', ...(alarm && { alarm }) };
}

function merge(
  held: SubscriptionState | undefined,
  { snapshot, invoice }: SubscriptionNews,
  current: Snapshot | undefined,
): SubscriptionState | undefined {
  let state = snapshot === undefined ? held : withEvent(held, snapshot);
  if (current !== undefined) state = withCurrent(state, current);
  return state && invoice !== undefined ? withInvoice(state, invoice) : state;
}

/** Identity comes from a nonce of ours that no other subscription has used, and from nothing else. */
async function buyer(
  tx: SystemTransaction,
  { nonceHash, subscriptionId }: SubscriptionNews,
): Promise<Subscriber | undefined> {
  const userId = nonceHash && (await claimNonce(tx, nonceHash, subscriptionId));
  return userId ? { userId } : undefined;
}
