import { z } from 'zod';
import { soldTiers } from './tiers.js';

const moment = z.iso.datetime().describe('ISO 8601, UTC');

/** `POST /billing/lemonsqueezy/checkout` */
export const CheckoutRequest = z.strictObject({ tier: z.enum(['pro', 'promax']) });
export type CheckoutRequest = z.output<typeof CheckoutRequest>;

export const CheckoutResponse = z.strictObject({
  url: z.url().describe('Where to pay'),
  expires_at: moment.describe('The address is of no use from then on'),
});
export type CheckoutResponse = z.output<typeof CheckoutResponse>;

/** `GET /billing/portal` */
export const PortalResponse = z.strictObject({
  url: z.url().describe('Signed, for this account, good for 24 hours: ask again for every visit'),
});
export type PortalResponse = z.output<typeof PortalResponse>;

/** `POST /billing/plan` */
export const PlanRequest = z.strictObject({ tier: z.enum(soldTiers) });
export type PlanRequest = z.output<typeof PlanRequest>;

/** What an account pays for. */
export const Subscription = z.strictObject({
  status: z
    .string()
    .describe(
      'on_trial, active, past_due, paused, cancelled, unpaid or expired, as at Lemon Squeezy',
    ),
  tier: z.enum(soldTiers).describe('What it is worth now'),
  renews_at: moment.nullable(),
  ends_at: moment.nullable().describe('When what was paid for ends, once it was cancelled'),
  payment_open: z.boolean().describe('A payment has failed: settle it in the portal'),
});
export type Subscription = z.output<typeof Subscription>;

/** `GET /billing/subscription` */
export const SubscriptionResponse = z.strictObject({
  tier: z.enum([...soldTiers, 'local']).describe('The tier of the account'),
  subscription: Subscription.nullable().describe('The newest; null when nothing was ever bought'),
});
export type SubscriptionResponse = z.output<typeof SubscriptionResponse>;

/** `POST /webhook/lemonsqueezy`: an event of any kind. Its signature is proved before any of it is read. */
export const WebhookEvent = z.looseObject({
  meta: z.looseObject({ event_name: z.string() }),
  data: z.looseObject({ type: z.string(), id: z.string() }),
});

export const WebhookResponse = z.strictObject({ received: z.literal(true) });
