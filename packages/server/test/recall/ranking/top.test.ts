import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Top } from '../../../src/recall/ranking/top.js';

describe('the best few', () => {
  it('are the beginning of what sorting everything gives', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(scores, fc.nat(20), (all, limit) => {
        const top = new Top(limit);
        for (const [doc, score] of all.entries()) top.offer(doc, score);
        const sorted = [...all.entries()].sort(([a, x], [b, y]) => y - x || b - a).slice(0, limit);
        expect(top.ranked()).toEqual({
          docs: sorted.map(([doc]) => doc),
          scores: sorted.map(([, score]) => score),
        });
      }),
    );
  });
});
