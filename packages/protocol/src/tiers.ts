/** What a tier allows. `null` is unlimited; there is no number that means unlimited. */
export interface TierLimits {
  /** Price in US dollars a month; `null` for a tier that is not sold. */
  readonly pricePerMonthUsd: number | null;
  readonly memories: number | null;
  readonly agents: number | null;
  readonly requestsPerMinute: number | null;
  readonly apiKeys: number | null;
}

/** The tiers of the price page, cheapest first (FR-06, FR-08). */
export const soldTiers = ['free', 'pro', 'promax'] as const;

/** A tier that can be bought or assigned. */
export type SoldTier = (typeof soldTiers)[number];

/** Every tier an account may have. `local` is the account of an embedded first start: never sold, never assignable. */
export type Tier = SoldTier | 'local';

/** The one source of limits and prices: server, console, landing page and docs read it. */
export const tierLimits: Readonly<Record<Tier, TierLimits>> = {
  free: { pricePerMonthUsd: 0, memories: 1_000, agents: 1, requestsPerMinute: 60, apiKeys: 1 },
  pro: { pricePerMonthUsd: 15, memories: 50_000, agents: 5, requestsPerMinute: 300, apiKeys: 5 },
  promax: {
    pricePerMonthUsd: 29,
    memories: 500_000,
    agents: null,
    requestsPerMinute: 1_000,
    apiKeys: 20,
  },
  local: {
    pricePerMonthUsd: null,
    memories: null,
    agents: null,
    requestsPerMinute: null,
    apiKeys: null,
  },
};
