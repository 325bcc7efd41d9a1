import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AnalysedQuery } from '../../../src/recall/analysis/query.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { syntheticView } from '../../support/synthetic-view.js';

// Fewer than are plenty, so that nothing but what cannot be a candidate is left out.
const view = syntheticView(12_000, 4_000);
const rank = createRank();

/** From the commonest to rare ones, as many as a query may have. */
const words = fc.uniqueArray(
  fc.oneof(fc.nat(20), fc.nat(400), fc.nat(3_999)).map((at) => view.word(at)),
  { minLength: 1, maxLength: 64 },
);
const query: fc.Arbitrary<AnalysedQuery> = fc
  .record({
    words,
    weight: fc.constantFrom(1, 0.4, 0.25),
    moment: fc.boolean(),
    name: fc.constantFrom('ann', 'bob', 'carl'),
  })
  .map(({ words: terms, weight, moment, name }) => ({
    terms: terms.map((term, at) => ({ term, weight: at % 2 === 0 ? 1 : weight })),
    names: [{ word: name, keys: [name], links: false }],
    dates: [],
    intent: { moment, quantity: false, side: undefined },
  }));

it('documents that cannot be among the best are passed over, and nothing else changes', () => {
  fc.assert(
    fc.property(query, fc.constantFrom(1, 10, 100, 1_000), (asked, limit) => {
      const short = rank(view, asked, { limit });
      // A filter has everything looked at.
      const exhaustive = rank(view, asked, { limit, filter: () => true });
      expect(short.docs).toEqual(exhaustive.docs);
      expect(short.scores).toEqual(exhaustive.scores);
    }),
    { numRuns: 60 },
  );
});

it('ten are the first ten of all candidates, though most of these are looked at but shortly', () => {
  fc.assert(
    fc.property(query, (asked) => {
      const all = rank(view, asked, { limit: 2_000 });
      const ten = rank(view, asked, { limit: 10 });
      expect(ten.docs).toEqual(all.docs.slice(0, 10));
      expect(ten.scores).toEqual(all.scores.slice(0, 10));
    }),
    { numRuns: 60 },
  );
});
