import { describe, expect, test } from 'vitest';
import { verifies } from '../../server/test/support/verifies.js';
import { CreateUserRequest, PatchUserRequest, soldTiers, tierLimits } from '../src/index.js';

describe('the price page', () => {
  test('sells free, pro and promax, cheapest first', () => {
    verifies('F3', 'FR-07');
    expect(soldTiers).toEqual(['free', 'pro', 'promax']);
    const prices = soldTiers.map((tier) => tierLimits[tier].pricePerMonthUsd);
    expect(prices).toEqual([0, 15, 29]);
  });

  test('limits the memories of each tier', () => {
    verifies('FR-06');
    const limits = soldTiers.map((tier) => tierLimits[tier].memories);
    expect(limits).toEqual([1_000, 50_000, 500_000]);
  });

  test('has no limit of agents for promax, and no number that stands for none', () => {
    verifies('FR-08');
    expect(soldTiers.map((tier) => tierLimits[tier].agents)).toEqual([1, 5, null]);
    for (const limits of Object.values(tierLimits))
      for (const limit of Object.values(limits)) expect(limit ?? 0).toBeGreaterThanOrEqual(0);
  });

  test.each(['team', 'local', 'Pro', ''])('does not let an operator assign %j', (tier) => {
    verifies('F3', 'FR-07');
    expect(CreateUserRequest.safeParse({ email: 'a@example.com', tier }).success).toBe(false);
    expect(PatchUserRequest.safeParse({ tier }).success).toBe(false);
  });
});
