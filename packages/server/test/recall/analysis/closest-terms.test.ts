import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closestTerms, slipsBetween } from '../../../src/recall/analysis/closest-terms.js';

const word = fc.stringMatching(/^[a-z]{0,9}$/);

describe('slips between two words', () => {
  it('count a wrong, missing or extra letter and two swapped ones as one', () => {
    expect(slipsBetween('harbour', 'harbour')).toBe(0);
    expect(slipsBetween('harbour', 'harvour')).toBe(1);
    expect(slipsBetween('harbour', 'harbor')).toBe(1);
    expect(slipsBetween('harbour', 'harrbour')).toBe(1);
    expect(slipsBetween('harbour', 'harbuor')).toBe(1);
  });

  it('are the same either way, none only between equals, and at most the longer length', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const slips = slipsBetween(a, b);
        expect(slipsBetween(b, a)).toBe(slips);
        expect(slips === 0).toBe(a === b);
        expect(slips).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('closest terms', () => {
  it('come with the fewest slips first, then the longest common beginning', () => {
    const vocabulary = ['harvour', 'harbor', 'arbour', 'harp', 'harbours'];
    expect(closestTerms('harbour', vocabulary, 10)).toEqual([
      'harbours',
      'harbor',
      'harvour',
      'arbour',
    ]);
    expect(closestTerms('harbour', vocabulary, 1)).toEqual(['harbours']);
  });

  it('are none for a short word', () => {
    expect(closestTerms('cat', ['car', 'bat', 'cats'], 10)).toEqual([]);
  });
});
