import { WebhookEvent, WebhookResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `POST /webhook/lemonsqueezy` */
export const lemonSqueezyWebhook = defineRoute({
  method: 'POST',
  path: '/webhook/lemonsqueezy',
  operationId: 'lemonSqueezyWebhook',
  tag: 'Billing',
  summary: 'Take in an event of Lemon Squeezy',
  description:
    'For Lemon Squeezy, which signs the body (`X-Signature`: hex HMAC-SHA256). Any event is taken, once; 200 says ' +
    'that it is stored.',
  access: 'signed',
  body: WebhookEvent,
  bodyExample: {
    meta: { event_name: 'subscription_updated', custom_data: { nonce: '4f1c…' } },
    data: { type: 'subscriptions', id: '7', attributes: { status: 'active', variant_id: 10 } },
  },
  success: {
    status: 200,
    description: 'The event is stored.',
    schema: WebhookResponse,
    example: { received: true },
  },
  handler: async ({ webhooks, delivery }) => {
    await webhooks.receive(delivery);
    return { received: true as const };
  },
});
