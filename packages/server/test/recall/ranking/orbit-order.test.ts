import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  orbitOrder,
  orbitReach,
  orbitWeight,
  type Placed,
  weighed,
} from '../../../src/recall/ranking/orbit-order.js';

const rankings = fc
  .array(
    fc.record({
      score: fc.double({ min: -2, max: 20, noNaN: true }),
      orbit: fc.double({ min: -1, max: 2, noNaN: true }),
    }),
    {
      maxLength: 60,
    },
  )
  .map((items): Placed[] =>
    items.toSorted((a, b) => b.score - a.score).map((item, doc) => ({ ...item, doc: doc * 3 })),
  );

/** The whole order, a page after a page. */
function paged(ranked: readonly Placed[], sizes: readonly number[]): number[] {
  const order: number[] = [];
  let rest = ranked;
  let ahead: readonly number[] = [];
  for (let at = 0; rest.length > 0; at += 1) {
    const limit = sizes[at % sizes.length]!;
    // Only what a server reads for a page.
    const seen = rest.slice(0, ahead.length + limit + orbitReach);
    const next = orbitOrder(seen, ahead, limit);
    if (next.page.length === 0 && next.done === 0) break;
    order.push(...next.page.map(({ doc }) => doc));
    rest = rest.slice(next.done);
    ahead = next.ahead;
  }
  return order;
}

describe('the order by relevance and orbit', () => {
  test('has everything once, and is the same however it is cut into pages', () => {
    fc.assert(
      fc.property(
        rankings,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (ranked, sizes) => {
          const whole = orbitOrder(ranked, [], ranked.length).page.map(({ doc }) => doc);
          expect(new Set(whole).size).toBe(ranked.length);
          expect(paged(ranked, sizes)).toEqual(whole);
        },
      ),
    );
  });

  test('lets nothing be passed over by more than the reach', () => {
    fc.assert(
      fc.property(rankings, (ranked) => {
        const whole = orbitOrder(ranked, [], ranked.length).page.map(({ doc }) => doc);
        for (const [at, { doc }] of ranked.entries()) {
          const ahead = whole.slice(0, whole.indexOf(doc)).filter((other) => other > doc);
          expect(ahead.length, `rank ${at}`).toBeLessThanOrEqual(orbitReach);
        }
      }),
    );
  });

  test('never puts a result before one that is more relevant by more than the weight', () => {
    fc.assert(
      fc.property(rankings, (ranked) => {
        const { page } = orbitOrder(ranked, [], ranked.length);
        for (let at = 1; at < page.length; at += 1) {
          const later = page
            .slice(at)
            .filter(({ score }) => score * (1 - orbitWeight) > page[at - 1]!.score);
          // A negative relevance is worse than any other, whatever its size.
          expect(later.filter(({ score }) => score > 0)).toEqual([]);
        }
      }),
    );
  });

  test('puts the better placed of equals first, and the more relevant of equally placed', () => {
    const order = (items: Placed[]): number[] =>
      orbitOrder(items, [], 10).page.map(({ doc }) => doc);
    expect(
      order([
        { doc: 1, score: 5, orbit: 0.2 },
        { doc: 2, score: 5, orbit: 0.9 },
      ]),
    ).toEqual([2, 1]);
    expect(
      order([
        { doc: 1, score: 5, orbit: 0.5 },
        { doc: 2, score: 4.99, orbit: 0.5 },
      ]),
    ).toEqual([1, 2]);
    expect(
      order([
        { doc: 1, score: 5, orbit: 0 },
        { doc: 2, score: 4, orbit: 1 },
      ]),
    ).toEqual([1, 2]);
  });

  test('never raises a relevance', () => {
    fc.assert(
      fc.property(rankings, (ranked) => {
        for (const item of ranked) expect(weighed(item)).toBeLessThanOrEqual(item.score);
      }),
    );
  });
});
