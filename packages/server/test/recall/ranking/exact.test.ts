import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseQuery } from '../../../src/recall/analysis/query.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { MemoryIndex, type TestDocument } from '../../support/memory-index.js';

const rank = createRank();
const common = ['boat', 'harbour', 'tea', 'rain', 'cat', 'soup', 'yesterday', 'seven'] as const;
const turn: fc.Arbitrary<TestDocument> = fc.record({
  content: fc
    .tuple(
      fc.array(fc.constantFrom(...common), { minLength: 3, maxLength: 25 }),
      fc.constantFrom('.', '?'),
    )
    .map(([words, end]) => words.join(' ') + end),
  session: fc.constantFrom('one', 'two', 'three', null),
  speaker: fc.constantFrom('Ann', 'Bob'),
});
const crowd = fc.array(turn, { minLength: 100, maxLength: 200 });

describe('a word that one memory alone has', () => {
  it('brings that memory first, with a common word beside it, whatever speaks for the others', () => {
    const start = fc.constantFrom('', 'when was ', 'how many ', 'Ann ', 'Bob, on 21 May 2023: ');
    fc.assert(
      fc.property(
        crowd,
        fc.nat(),
        fc.constantFrom(...common),
        start,
        (turns, at, other, before) => {
          const doc = at % turns.length;
          const documents = turns.map((one, place) =>
            place === doc ? { ...one, content: `zyxwort ${one.content}` } : one,
          );
          const view = new MemoryIndex(documents).view();
          const query = analyseQuery(`${before}zyxwort ${other}`);
          expect(rank(view, query, { limit: 5 }).docs[0]).toBe(doc);
        },
      ),
    );
  });

  it('obeys the filter', () => {
    const documents = ['zyxwort boat', 'boat', 'boat', 'tea', 'tea'].map((content) => ({
      content,
    }));
    const view = new MemoryIndex(documents).view();
    const filter = (doc: number): boolean => doc !== 0;
    expect(rank(view, analyseQuery('zyxwort boat'), { limit: 5, filter }).docs).toEqual([2, 1]);
  });
});
