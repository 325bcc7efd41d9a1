import { SubscriptionResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

export const exampleSubscription: SubscriptionResponse = {
  tier: 'pro',
  subscription: {
    status: 'active',
    tier: 'pro',
    renews_at: '2025-12-23T20:00:00.000Z',
    ends_at: null,
    payment_open: false,
  },
};

/** `GET /billing/subscription` */
export const getSubscription = defineRoute({
  method: 'GET',
  path: '/billing/subscription',
  operationId: 'getSubscription',
  tag: 'Billing',
  summary: 'Your tier, and what you pay for it',
  access: { scope: 'read' },
  success: {
    status: 200,
    description: 'As it is known here.',
    schema: SubscriptionResponse,
    example: exampleSubscription,
  },
  errors: ['not_found'],
  handler: ({ billing, userId }) => billing.subscription(userId),
});
