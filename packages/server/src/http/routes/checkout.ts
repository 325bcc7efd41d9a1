import { CheckoutRequest, CheckoutResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';
import { purchaseRoute } from './purchase-route.js';

/** `POST /billing/lemonsqueezy/checkout` */
export const checkout = defineRoute({
  ...purchaseRoute,
  path: '/billing/lemonsqueezy/checkout',
  operationId: 'checkout',
  summary: 'Get an address at which to buy a tier',
  description:
    'What is bought there is this account’s, whoever pays. The tier changes within seconds of the payment, ' +
    'for the keys that are in use already.',
  body: CheckoutRequest,
  bodyExample: { tier: 'pro' },
  success: {
    status: 201,
    description: 'Where to pay.',
    schema: CheckoutResponse,
    example: {
      url: 'https://store.lemonsqueezy.com/checkout/custom/5e8b…',
      expires_at: '2025-11-24T20:00:00.000Z',
    },
  },
  errors: ['conflict', 'payment_required'],
  handler: ({ billing, userId }, { body }) => billing.checkout(userId, body),
});
