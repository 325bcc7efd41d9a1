import { PlanRequest, SubscriptionResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { exampleSubscription } from './get-subscription.js';
import { purchaseRoute } from './purchase-route.js';

/** `POST /billing/plan` */
export const changePlan = defineRoute({
  ...purchaseRoute,
  path: '/billing/plan',
  operationId: 'changePlan',
  summary: 'Change what you pay for',
  description:
    'Between paid tiers at once, prorated. `free` cancels: what was paid for stays until it ends, and naming a ' +
    'paid tier before then takes the cancelling back. Nothing is deleted by any of it.',
  body: PlanRequest,
  bodyExample: { tier: 'promax' },
  success: {
    status: 200,
    description: 'The subscription as it is now.',
    schema: SubscriptionResponse,
    example: exampleSubscription,
  },
  errors: ['conflict', 'not_found', 'payment_required'],
  handler: ({ billing, userId }, { body }) => billing.changePlan(userId, body),
});
