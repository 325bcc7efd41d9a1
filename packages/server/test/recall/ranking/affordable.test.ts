import fc from 'fast-check';
import { expect, test } from 'vitest';
import { affordablePostings, affordableTerms } from '../../../src/recall/ranking/affordable.js';
import { rarity } from '../../../src/recall/ranking/bm25.js';

const documents = 10_000;
const query = fc
  .array(
    fc.record({
      weight: fc.constantFrom(1, 0.4, 0.25, 0.2),
      postings: fc.integer({ min: 0, max: documents }),
    }),
    { minLength: 1, maxLength: 64 },
  )
  .map((terms) => terms.map((term, n) => ({ ...term, term: `t${n}` })));
const most = fc.integer({ min: 1, max: 64 * documents });

test('a query reads no more postings than it can afford, unless three terms have more', () => {
  fc.assert(
    fc.property(query, most, (terms, bound) => {
      const kept = afford(terms, bound);
      const spent = kept.reduce((sum, { postings }) => sum + postings, 0);
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(3, terms.length));
      if (kept.length > 3) expect(spent).toBeLessThanOrEqual(bound);
    }),
  );
});

test('what is left out would not have fitted, and tells no more than the best that was kept', () => {
  fc.assert(
    fc.property(query, most, (terms, bound) => {
      const kept = new Set(afford(terms, bound));
      const spent = [...kept].reduce((sum, { postings }) => sum + postings, 0);
      const best = Math.max(...[...kept].map(worth));
      for (const left of terms.filter((term) => !kept.has(term))) {
        expect(spent + left.postings).toBeGreaterThan(bound);
        expect(worth(left)).toBeLessThanOrEqual(best);
      }
    }),
  );
});

test('a query that can be afforded is left as it is', () => {
  fc.assert(
    fc.property(query, (terms) => {
      const all = terms.reduce((sum, { postings }) => sum + postings, 0);
      expect(afford(terms, all)).toBe(terms);
    }),
  );
});

test('a tenant of any size affords a posting a memory, small ones more and the largest half a million', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (memories) => {
      const most = affordablePostings(memories);
      expect(most).toBeGreaterThanOrEqual(Math.min(memories, 500_000));
      expect(most).toBeLessThanOrEqual(500_000);
      if (memories < 50_000) expect(most).toBe(50_000);
    }),
  );
});

type Counted = Parameters<typeof afford>[0][number];
const worth = ({ weight, postings }: Counted): number => weight * rarity(documents, postings);

function afford<Term extends { term: string; weight: number; postings: number }>(
  terms: readonly Term[],
  bound: number,
): readonly Term[] {
  const postingsOf = (name: string): number => terms.find(({ term }) => term === name)!.postings;
  return affordableTerms(terms, postingsOf, documents, bound) as readonly Term[];
}
