import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseQuery } from '../../../src/recall/analysis/query.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { MemoryIndex, type TestDocument } from '../../support/memory-index.js';
import { plainRank } from './plain-rank.js';

// Few words, so that they repeat; a question mark now and then; times and numbers.
const word = fc.constantFrom(
  'boat',
  'harbour',
  'tea',
  'cat',
  'red',
  'yesterday',
  'three',
  '메일',
  'Ann',
);
const sentence = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 6 }), fc.constantFrom('.', '?'))
  .map(([words, end]) => `${words.join(' ')}${end}`);
const document: fc.Arbitrary<TestDocument> = fc.record({
  content: fc.array(sentence, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' ')),
  session: fc.constantFrom('one', 'two', 'three', null),
  speaker: fc.constantFrom('Ann', 'Bob'),
  role: fc.constantFrom('user', 'assistant', null),
});
const query = fc
  .tuple(
    fc.constantFrom(
      '',
      'when ',
      'how many ',
      'Ann ',
      'Bob and Ann ',
      'what did I say about ',
      'what did you tell me about ',
    ),
    fc.array(word, { minLength: 1, maxLength: 4 }),
  )
  .map(([start, words]) => start + words.join(' '));

describe('the ranking', () => {
  const rank = createRank();

  it('is what its description says, document for document and part for part', () => {
    fc.assert(
      fc.property(
        fc.array(document, { minLength: 12, maxLength: 40 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        query,
        (documents, forgotten, text) => {
          // Every document twice, so that no word is in one document alone.
          const index = new MemoryIndex([...documents, ...documents]);
          const analysed = analyseQuery(text);
          for (const doc of forgotten.slice(0, 2)) index.remove(doc % documents.length);
          const view = index.view();
          const terms = analysed.terms.map(({ term }) => view.postings(term).docs.length);
          fc.pre(!terms.includes(1) && terms.some((count) => count > 0));
          const ranking = rank(view, analysed, { limit: 1_000, explain: true });
          const plain = plainRank(view, analysed);
          expect(ranking.docs.toSorted(ascending)).toEqual(
            expect.arrayContaining(plain.map(({ doc }) => doc).toSorted(ascending)),
          );
          const places = new Map(ranking.docs.map((doc, at) => [doc, at]));
          for (const { doc, score, parts } of plain) {
            const at = places.get(doc)!;
            expect(ranking.scores[at]).toBeCloseTo(score, 9);
            const explained = Object.entries(ranking.parts![at]!);
            expect(explained.map(([part]) => part).toSorted()).toEqual(
              Object.keys(parts).toSorted(),
            );
            for (const [part, value] of explained) expect(value, part).toBeCloseTo(parts[part]!, 9);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

const ascending = (a: number, b: number): number => a - b;
