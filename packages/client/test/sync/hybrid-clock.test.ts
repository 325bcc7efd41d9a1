import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClockState, newClock, observe, stampOf, tick } from '../../src/sync/hybrid-clock.js';

const day = 86_400_000;
const now = fc.integer({ min: 1.7e12, max: 1.7e12 + day });
const step = fc.oneof(
  fc.record({ do: fc.constant('tick' as const), now }),
  fc.record({ do: fc.constant('observe' as const), now, server: fc.tuple(now, fc.nat(99_999)) }),
);

/** As one number: milliseconds and five digits of counter are more than 2^53. */
const numberOf = (stamp: string): bigint => {
  const [ms, counter] = stamp.split('.').map(BigInt);
  return ms! * 100_000n + counter!;
};

describe('the hybrid clock', () => {
  test('stamps later and later, whatever the wall clock and the server say', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let clock: ClockState = newClock;
        let last = 0n;
        for (const each of steps) {
          if (each.do === 'observe') {
            const time = each.server.join('.');
            clock = observe(clock, time, each.now);
            last = numberOf(time) > last ? numberOf(time) : last;
            continue;
          }
          clock = tick(clock, each.now);
          const stamp = stampOf(clock);
          expect(stamp).toMatch(/^\d{1,15}\.\d{1,5}$/);
          expect(numberOf(stamp) > last).toBe(true);
          last = numberOf(stamp);
        }
      }),
    );
  });

  test('stamps the wall clock where that is right', () => {
    const clock = tick(observe(tick(newClock, 5_000), '5100.0', 5_000), 6_000);
    expect(stampOf(clock)).toBe('6000.0');
    expect(stampOf(tick(clock, 6_000))).toBe('6000.1');
  });

  test('never stamps more than a minute ahead of the server, once it has heard of it', () => {
    const hour = 3_600_000;
    fc.assert(
      fc.property(now, fc.integer({ min: 0, max: day }), fc.nat(hour), (server, ahead, later) => {
        const clock = observe(newClock, `${server}.0`, server + ahead);
        const { ms } = tick(clock, server + ahead + later);
        expect(ms).toBeLessThanOrEqual(server + later + 60_000);
        expect(ms).toBeGreaterThanOrEqual(server + Math.min(later, later + ahead));
      }),
    );
  });

  test('goes on when the counter of a millisecond is used up', () => {
    const { ms, counter } = tick({ ms: 7_000, counter: 99_999 }, 6_000);
    expect([ms, counter]).toEqual([7_001, 0]);
  });
});
