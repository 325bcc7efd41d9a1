import fc from 'fast-check';
import { expect, test } from 'vitest';
import { debtMs, judge, spend, windowMs } from '../../src/auth/gcra.js';

test('whatever comes when, what is admitted in any stretch is the limit and what time gives back', () => {
  const arrival = fc.record({
    afterMs: fc.integer({ min: 0, max: 5_000 }),
    cost: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.array(arrival, { maxLength: 200 }),
      (perMinute, arrivals) => {
        const bucket = { paidAtMs: 0 };
        const admitted: { atMs: number; cost: number }[] = [];
        let nowMs = 1_000_000;
        for (const { afterMs, cost } of arrivals) {
          nowMs += afterMs;
          const { allowed } = judge(bucket, nowMs, perMinute, cost);
          if (!allowed) continue;
          spend(bucket, nowMs, perMinute, cost);
          admitted.push({ atMs: nowMs, cost });
        }
        for (const [from, first] of admitted.entries()) {
          let units = 0;
          for (const { atMs, cost } of admitted.slice(from)) {
            units += cost;
            const given = perMinute + ((atMs - first.atMs) * perMinute) / windowMs;
            expect(units).toBeLessThanOrEqual(given + 1e-6);
          }
        }
      },
    ),
  );
});

test('a whole minute’s limit may come at once, and not one more', () => {
  for (const perMinute of [1, 60, 300, 1_000]) {
    const bucket = { paidAtMs: 0 };
    for (let n = 1; n <= perMinute; n += 1) {
      expect(judge(bucket, 5, perMinute, 1)).toMatchObject({
        allowed: true,
        remaining: perMinute - n,
      });
      spend(bucket, 5, perMinute, 1);
    }
    const refused = judge(bucket, 5, perMinute, 1);
    expect(refused.allowed).toBe(false);
    expect(refused.waitMs).toBeCloseTo(windowMs / perMinute, 3);
    expect(judge(bucket, 5 + refused.waitMs, perMinute, 1).allowed).toBe(true);
  }
});

test('a clock that is set back does not lock anybody out', () => {
  const bucket = { paidAtMs: 1_000_000_000 };
  expect(debtMs(bucket, 0)).toBe(windowMs);
});
