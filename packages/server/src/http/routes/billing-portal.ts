import { PortalResponse } from '@stellar-memory/protocol';
import { defineRoute } from '../route.js';

/** `GET /billing/portal` */
export const billingPortal = defineRoute({
  method: 'GET',
  path: '/billing/portal',
  operationId: 'billingPortal',
  tag: 'Billing',
  summary: 'Get a fresh address of your billing portal',
  description: 'Cards, invoices, cancelling. The address opens it for who has it: do not keep it.',
  access: { scope: 'admin' },
  success: {
    status: 200,
    description: 'The address.',
    schema: PortalResponse,
    example: { url: 'https://store.lemonsqueezy.com/billing?expires=…&signature=…' },
  },
  errors: ['not_found'],
  handler: ({ billing, userId }) => billing.portal(userId),
});
