import { tierLimits } from '@stellar-memory/protocol';
import { expect, test } from 'vitest';
import { addressPerMinute, RateLimits } from '../../src/auth/rate-limits.js';
import { apiKeyId, userId } from '../../src/domain/ids.js';
import { verifies } from '../support/verifies.js';

const id = (n: number): string => `00000000-0000-4000-8000-${`${n}`.padStart(12, '0')}`;
const caller = (tenant: number, key = 1, tier: 'free' | 'pro' | 'promax' | 'local' = 'free') => ({
  userId: userId(id(tenant)),
  apiKeyId: apiKeyId(id(key)),
  tier,
});

function setUp() {
  const clock = { now: 1_000_000, nowMs: () => clock.now };
  const limits = new RateLimits(clock);
  /** How many of so many requests pass. */
  const passing = (who: ReturnType<typeof caller>, requests: number, cost = 1): number => {
    let passed = 0;
    for (let n = 0; n < requests; n += 1)
      if (limits.ofCaller(who, cost)?.allowed !== false) passed += 1;
    return passed;
  };
  return { clock, limits, passing };
}

test('each tier has the requests a minute that its price page says', () => {
  verifies('F3');
  const { passing } = setUp();
  for (const [n, tier] of (['free', 'pro', 'promax'] as const).entries())
    expect(passing(caller(n, 1, tier), 2_000)).toBe(tierLimits[tier].requestsPerMinute);
  expect(passing(caller(9, 1, 'local'), 5_000)).toBe(5_000);
});

test('what was spent comes back evenly, and another tier counts at once', () => {
  const { clock, passing } = setUp();
  expect(passing(caller(1), 100)).toBe(60);
  clock.now += 10_000;
  expect(passing(caller(1), 100)).toBe(10);
  clock.now += 10_000;
  expect(passing(caller(1, 1, 'pro'), 100)).toBe(50);
});

test('a costly request counts as several', () => {
  expect(setUp().passing(caller(1), 100, 5)).toBe(12);
});

test('a tenant’s storm takes nothing from another, and a refused request costs nothing', () => {
  const { passing, limits } = setUp();
  passing(caller(1), 10_000);
  expect(passing(caller(2), 100)).toBe(60);
  expect(limits.ofCaller(caller(1), 1)).toMatchObject({
    allowed: false,
    policy: 'account',
    remaining: 0,
    waitMs: 1_000,
  });
});

test('one key leaves a fifth of the account to the others, once there are others', () => {
  const { passing, limits } = setUp();
  expect(passing(caller(1, 1, 'pro'), 1)).toBe(1);
  expect(passing(caller(1, 2, 'pro'), 1_000)).toBe(240);
  expect(limits.ofCaller(caller(1, 2, 'pro'), 1)).toMatchObject({ policy: 'key', limit: 240 });
  expect(passing(caller(1, 1, 'pro'), 1_000)).toBe(59);
});

test('who goes on asking after thirty refusals in a minute waits for the next ones', () => {
  const { clock, limits } = setUp();
  const delays = (times: number): number[] =>
    Array.from({ length: times }, () => limits.ofCaller(caller(1), 1)!.delayMs);
  expect(new Set(delays(60 + 30))).toEqual(new Set([0]));
  expect(delays(3)).toEqual([900, 900, 900]);
  expect(limits.ofCaller(caller(2), 1)).toMatchObject({ allowed: true, delayMs: 0 });
  clock.now += 60_000;
  expect(delays(1)).toEqual([0]);
});

test('strangers are counted by address', () => {
  const { limits } = setUp();
  for (let n = 0; n < addressPerMinute; n += 1)
    expect(limits.ofAddress('192.0.2.1').allowed).toBe(true);
  expect(limits.ofAddress('192.0.2.1')).toMatchObject({ allowed: false, policy: 'address' });
  expect(limits.ofAddress('192.0.2.2').allowed).toBe(true);
});

test('a flood of tenants costs bounded memory', () => {
  const { limits } = setUp();
  for (let n = 0; n < 50_000; n += 1) limits.ofCaller(caller(n), 1);
  expect(limits.size).toBe(20_000);
});
