import { createHash } from 'node:crypto';
import type { BillingAlarm } from './alarms.js';
import {
  EventEnvelope,
  InvoiceObject,
  paidInvoiceOf,
  SubscriptionObject,
  snapshotOf,
} from './lemonsqueezy-shapes.js';
import type { PaidInvoice, Snapshot } from './subscription-state.js';
import type { Shop } from './tier-of-subscription.js';

/** What an event says about one subscription. */
export interface SubscriptionNews {
  readonly subscriptionId: string;
  /** Of the nonce in custom_data, if there is one that could be ours. */
  readonly nonceHash: string | undefined;
  readonly snapshot?: Snapshot;
  readonly invoice?: PaidInvoice;
}

/** What became of an event, in words for `webhook_events`. */
export interface Outcome {
  readonly outcome: string;
  /** When an operator should look at it. */
  readonly alarm?: BillingAlarm;
}

/** Takes an event apart. The signature is proved; custom_data is the buyer's to change all the same. */
export function readEvent(body: string, shop: Shop): SubscriptionNews | Outcome {
  const value: unknown = JSON.parse(body);
  const { meta, data } = EventEnvelope.parse(value);
  const nonceHash = nonceHashOf(meta.custom_data);
  if (data.type === 'subscriptions') {
    const snapshot = snapshotOf(SubscriptionObject.parse(data));
    return otherShop(snapshot, shop) ?? { subscriptionId: data.id, nonceHash, snapshot };
  }
  if (data.type === 'subscription-invoices') {
    const object = InvoiceObject.parse(data);
    const { store_id: storeId, test_mode: testMode, subscription_id } = object.attributes;
    const invoice = paidInvoiceOf(object);
    const news = { subscriptionId: subscription_id, nonceHash, ...(invoice && { invoice }) };
    return otherShop({ storeId, testMode }, shop) ?? news;
  }
  return { outcome: 'ignored: not about a subscription' };
}

function otherShop(
  { storeId, testMode }: Pick<Snapshot, 'storeId' | 'testMode'>,
  shop: Shop,
): Outcome | undefined {
  if (storeId !== shop.storeId)
    return { outcome: 'refused: another store', alarm: 'unknown_store' };
  return testMode === shop.testMode
    ? undefined
    : { outcome: 'refused: another mode', alarm: 'wrong_mode' };
}

/** The hash of a nonce as the database keeps it. */
export const hashNonce = (nonce: string): string =>
  createHash('sha256').update(nonce).digest('hex');

function nonceHashOf(customData: unknown): string | undefined {
  if (typeof customData !== 'object' || customData === null) return undefined;
  const nonce: unknown = (customData as Record<string, unknown>)['nonce'];
  return typeof nonce === 'string' && /^[0-9a-f]{32}$/.test(nonce) ? hashNonce(nonce) : undefined;
}
