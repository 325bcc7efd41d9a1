import type { CheckoutResponse, PortalResponse, SubscriptionResponse } from './account-wire.js';
import type { BillingClient } from './client.js';
import type { Transport } from './transport.js';

/** Buying a tier, and what was bought. */
export const createBilling = (send: Transport): BillingClient => ({
  async subscription(options) {
    const path = '/billing/subscription';
    return (await send<SubscriptionResponse>({ method: 'GET', path }, options)).value;
  },
  async checkout(tier, options) {
    const path = '/billing/lemonsqueezy/checkout';
    const body = { tier };
    return (await send<CheckoutResponse>({ method: 'POST', path, body }, options)).value;
  },
  async changePlan(tier, options) {
    const body = { tier };
    const operation = { method: 'POST', path: '/billing/plan', body } as const;
    return (await send<SubscriptionResponse>(operation, options)).value;
  },
  async portal(options) {
    return (await send<PortalResponse>({ method: 'GET', path: '/billing/portal' }, options)).value;
  },
});
