import { definePage, pageParameters } from '../pages/define-page.js';
import { pricingPage as page } from '../pages/pricing-page.js';

/** `GET /pricing` */
export const pricingPage = definePage({
  path: '/pricing',
  operationId: 'pricingPage',
  tag: 'Service',
  summary: 'The page of tiers and prices, at which a person buys',
  page,
  query: pageParameters,
});
