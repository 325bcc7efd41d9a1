import { z } from 'zod';
import type { PaidInvoice, Snapshot } from './subscription-state.js';

// Loose on purpose: Lemon Squeezy adds fields, and an unknown one must not lose a purchase.

const id = z.union([z.string(), z.number().int()]).transform(String);
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const subscriptionAttributes = z.looseObject({
  store_id: id,
  variant_id: id,
  status: z.string(),
  pause: z.looseObject({ mode: z.string() }).nullish(),
  ends_at: moment.nullish(),
  renews_at: moment.nullish(),
  test_mode: z.boolean(),
  updated_at: moment,
  urls: z.looseObject({ customer_portal: z.url() }).partial().nullish(),
});

const invoiceAttributes = z.looseObject({
  store_id: id,
  subscription_id: id,
  billing_reason: z.string(),
  status: z.string(),
  test_mode: z.boolean(),
  created_at: moment,
});

/** A subscription as the API and its events show it. */
export const SubscriptionObject = z.looseObject({
  type: z.literal('subscriptions'),
  id,
  attributes: subscriptionAttributes,
});
export type SubscriptionObject = z.output<typeof SubscriptionObject>;

/** An invoice of a subscription. */
export const InvoiceObject = z.looseObject({
  type: z.literal('subscription-invoices'),
  id,
  attributes: invoiceAttributes,
});
export type InvoiceObject = z.output<typeof InvoiceObject>;

/** A checkout that was made. */
export const CheckoutObject = z.looseObject({
  type: z.literal('checkouts'),
  attributes: z.looseObject({ url: z.url() }),
});

/** The part of a webhook that is the same for all. */
export const EventEnvelope = z.looseObject({
  meta: z.looseObject({
    event_name: z.string().max(100),
    // PHP sends an empty object as an empty list.
    custom_data: z.unknown(),
  }),
  data: z.looseObject({ type: z.string(), id }),
});
export type EventEnvelope = z.output<typeof EventEnvelope>;

const pauseModes = ['free', 'void'] as const;

/** What a subscription object says. */
export const snapshotOf = ({ attributes }: SubscriptionObject): Snapshot => ({
  storeId: attributes.store_id,
  variantId: attributes.variant_id,
  status: attributes.status,
  pauseMode: pauseModes.find((mode) => mode === attributes.pause?.mode) ?? null,
  endsAtMs: attributes.ends_at ?? null,
  renewsAtMs: attributes.renews_at ?? null,
  testMode: attributes.test_mode,
  updatedAtMs: attributes.updated_at,
});

/**
 * What was paid for a period. Nothing for invoices that are open, void, or settle a change of plan: they start
 * no period. A partial refund takes nothing away.
 */
export function paidInvoiceOf({ id, attributes }: InvoiceObject): PaidInvoice | undefined {
  const { billing_reason, status, created_at } = attributes;
  const startsPeriod = billing_reason === 'initial' || billing_reason === 'renewal';
  const wasPaid = ['paid', 'refunded', 'partial_refund'].includes(status);
  if (!startsPeriod || !wasPaid) return undefined;
  return { id, createdAtMs: created_at, refunded: status === 'refunded' };
}
