import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshnessTerm, orbitScore, recallTerm, zoneOf } from '../../src/domain/score.js';
import { v1Profile } from '../../src/domain/score-profiles.js';

describe('the orbit score with the v1 constants', () => {
  it('gives a new memory the score and zone that v1 gave it', () => {
    const fresh = { recallCount: 0, secondsSinceRecall: 0 };
    expect(orbitScore(v1Profile, { ...fresh, importance: 0.5 })).toBeCloseTo(0.425, 9);
    expect(orbitScore(v1Profile, { ...fresh, importance: 1 })).toBeCloseTo(0.55, 9);
    expect(zoneOf(v1Profile, 0.425)).toBe(2);
    expect(zoneOf(v1Profile, 0.55)).toBe(1);
  });

  it('puts a score on the floor of a zone into that zone, and one below zero into the cloud', () => {
    expect([0.8, 0.5, 0.2, 0, -1e-9].map((score) => zoneOf(v1Profile, score))).toEqual([
      0, 1, 2, 3, 4,
    ]);
  });

  it('counts recalls logarithmically up to the ceiling', () => {
    expect(recallTerm(v1Profile, 1)).toBeCloseTo(0.10032881506161208, 12);
    expect([-5, 0, 1_000, 5_000].map((n) => recallTerm(v1Profile, n))).toEqual([0, 0, 1, 1]);
  });

  it('lets freshness fall from 1 to its floor and never rise with age', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (a, b) => {
          const [younger, older] = a < b ? [a, b] : [b, a];
          expect(freshnessTerm(v1Profile, older)).toBeLessThanOrEqual(
            freshnessTerm(v1Profile, younger),
          );
          expect(freshnessTerm(v1Profile, older)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});
