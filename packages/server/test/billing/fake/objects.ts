/** A time that the fake tells: ISO 8601 with microseconds, as Lemon Squeezy writes it. */
export const momentOf = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** What the fake remembers of a subscription. Times are milliseconds. */
export interface FakeSubscription {
  readonly id: number;
  readonly orderId: number;
  readonly createdAtMs: number;
  readonly custom: unknown;
  variantId: number;
  status: string;
  pauseMode: 'free' | 'void' | null;
  endsAtMs: number | null;
  renewsAtMs: number;
  updatedAtMs: number;
}

/** What it remembers of an invoice. */
export interface FakeInvoice {
  readonly id: number;
  readonly subscriptionId: number;
  readonly reason: 'initial' | 'renewal' | 'updated';
  readonly createdAtMs: number;
  status: 'pending' | 'paid' | 'void' | 'refunded' | 'partial_refund';
  updatedAtMs: number;
}

/** What it remembers of a checkout. */
export interface FakeCheckout {
  readonly id: string;
  readonly variantId: number;
  readonly enabledVariants: readonly number[];
  readonly custom: unknown;
  readonly expiresAt: string | null;
  readonly createdAtMs: number;
}

/** The store that the fake plays. */
export interface FakeShop {
  readonly origin: string;
  readonly storeId: number;
  readonly testMode: boolean;
}

const buyer = { user_name: 'Mina Park', user_email: 'buyer@example.com' };
const card = { card_brand: 'visa', card_last_four: '4242' } as const;

/** A subscription as a JSON:API resource. */
export const subscriptionResource = (held: FakeSubscription, shop: FakeShop) => ({
  type: 'subscriptions',
  id: `${held.id}`,
  attributes: {
    store_id: shop.storeId,
    customer_id: 1,
    order_id: held.orderId,
    order_item_id: held.orderId,
    product_id: 1,
    variant_id: held.variantId,
    product_name: 'Stellar Memory',
    variant_name: 'Default',
    ...buyer,
    status: held.status,
    status_formatted: held.status,
    ...card,
    pause: held.pauseMode === null ? null : { mode: held.pauseMode, resumes_at: null },
    cancelled: held.status === 'cancelled',
    trial_ends_at: null,
    billing_anchor: 24,
    first_subscription_item: null,
    urls: {
      update_payment_method: `${shop.origin}/subscription/${held.id}/payment-details?expires=1&signature=1`,
      // Another one for every request, as the signed ones are.
      customer_portal: `${shop.origin}/billing?expires=${Date.now()}&signature=${crypto.randomUUID()}`,
    },
    renews_at: momentOf(held.renewsAtMs),
    ends_at: held.endsAtMs === null ? null : momentOf(held.endsAtMs),
    created_at: momentOf(held.createdAtMs),
    updated_at: momentOf(held.updatedAtMs),
    test_mode: shop.testMode,
  },
});

/** An invoice as a JSON:API resource. */
export const invoiceResource = (held: FakeInvoice, shop: FakeShop) => ({
  type: 'subscription-invoices',
  id: `${held.id}`,
  attributes: {
    store_id: shop.storeId,
    subscription_id: held.subscriptionId,
    customer_id: 1,
    ...buyer,
    billing_reason: held.reason,
    ...card,
    currency: 'USD',
    currency_rate: '1.00000000',
    status: held.status,
    status_formatted: held.status,
    refunded: held.status === 'refunded',
    refunded_at: held.status === 'refunded' ? momentOf(held.updatedAtMs) : null,
    subtotal: 1500,
    discount_total: 0,
    tax: 0,
    tax_inclusive: false,
    total: 1500,
    refunded_amount: held.status === 'refunded' ? 1500 : 0,
    subtotal_usd: 1500,
    discount_total_usd: 0,
    tax_usd: 0,
    total_usd: 1500,
    urls: { invoice_url: null },
    created_at: momentOf(held.createdAtMs),
    updated_at: momentOf(held.updatedAtMs),
    test_mode: shop.testMode,
  },
});

/** A checkout as a JSON:API resource. */
export const checkoutResource = (held: FakeCheckout, shop: FakeShop) => ({
  type: 'checkouts',
  id: held.id,
  attributes: {
    store_id: shop.storeId,
    variant_id: held.variantId,
    custom_price: null,
    product_options: { enabled_variants: held.enabledVariants },
    checkout_data: { custom: held.custom },
    expires_at: held.expiresAt,
    created_at: momentOf(held.createdAtMs),
    updated_at: momentOf(held.createdAtMs),
    test_mode: shop.testMode,
    url: `${shop.origin}/checkout/custom/${held.id}`,
  },
});
