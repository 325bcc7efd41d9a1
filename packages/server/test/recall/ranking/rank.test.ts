import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseQuery } from '../../../src/recall/analysis/query.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { defaultWeights } from '../../../src/recall/ranking/weights.js';
import { MemoryIndex, type TestDocument } from '../../support/memory-index.js';

const rank = createRank();
const find = (index: MemoryIndex, query: string, limit = 10) =>
  rank(index.view(), analyseQuery(query), { limit });

const word = fc.constantFrom(
  'boat',
  'harbour',
  'tea',
  'cat',
  'red',
  'last',
  'week',
  'seven',
  '회의',
);
const document: fc.Arbitrary<TestDocument> = fc.record({
  content: fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 12 }), fc.constantFrom('.', '?', ''))
    .map(([words, end]) => words.join(' ') + end),
  session: fc.constantFrom('one', 'two', null),
  speaker: fc.constantFrom('Ann', 'Bob', null),
  role: fc.constantFrom('user', 'assistant', null),
  occurredAt: fc.constantFrom(null, Date.UTC(2023, 4, 21) / 1000, Date.UTC(2023, 5, 1) / 1000),
});
const documents = fc.array(document, { minLength: 1, maxLength: 60 });
const query = fc
  .tuple(
    fc.constantFrom('', 'when did Ann ', 'what did I say about ', 'how many on 21 May 2023 '),
    fc.array(word, { minLength: 1, maxLength: 4 }),
  )
  .map(([start, words]) => start + words.join(' '));

describe('a ranking', () => {
  it('is best first, and of equal ones newest first', () => {
    fc.assert(
      fc.property(documents, query, (all, text) => {
        const { docs, scores } = find(new MemoryIndex(all), text, 100);
        for (let at = 1; at < docs.length; at++) {
          expect(scores[at]!).toBeLessThanOrEqual(scores[at - 1]!);
          if (scores[at] === scores[at - 1]) expect(docs[at]!).toBeLessThan(docs[at - 1]!);
        }
      }),
    );
    const same = new MemoryIndex([1, 2, 3].map(() => ({ content: 'red boat' })));
    expect(find(same, 'boat').docs).toEqual([2, 1, 0]);
  });

  it('is the same whatever was ranked before it', () => {
    fc.assert(
      fc.property(documents, documents, query, query, (one, other, first, second) => {
        const view = new MemoryIndex(one).view();
        const analysed = analyseQuery(first);
        const fresh = createRank()(view, analysed, { limit: 20 });
        rank(new MemoryIndex(other).view(), analyseQuery(second), { limit: 3 });
        expect(rank(view, analysed, { limit: 20 })).toEqual(fresh);
      }),
    );
  });

  it('for a smaller limit is the beginning of the one for a larger', () => {
    fc.assert(
      fc.property(documents, query, fc.nat(20), (all, text, limit) => {
        const index = new MemoryIndex(all);
        expect(find(index, text, limit).docs).toEqual(find(index, text, 100).docs.slice(0, limit));
      }),
    );
  });

  it('goes on behind the candidates, where common words were left out, as it began', () => {
    // Of sixty documents that is as two thousand of half a million.
    const narrow = createRank({ ...defaultWeights, candidates: 2 });
    fc.assert(
      fc.property(documents, query, fc.nat(60), (all, text, limit) => {
        const view = new MemoryIndex(all).view();
        const analysed = analyseQuery(text);
        const whole = narrow(view, analysed, { limit: Infinity });
        const { docs, scores } = narrow(view, analysed, { limit });
        expect(docs).toEqual(whole.docs.slice(0, limit));
        expect(scores).toEqual(whole.scores.slice(0, limit));
        expect(whole.scores).toEqual(whole.scores.toSorted((a, b) => b - a));
        expect(new Set(whole.docs).size).toBe(whole.docs.length);
        const matching = analysed.terms.flatMap(({ term }) => [...view.postings(term).docs]);
        expect(whole.docs).toEqual(expect.arrayContaining(matching));
      }),
      { numRuns: 300 },
    );
  });

  it('holds no document twice and none that is forgotten', () => {
    fc.assert(
      fc.property(documents, fc.array(fc.nat(), { maxLength: 20 }), query, (all, gone, text) => {
        const index = new MemoryIndex(all);
        const forgotten = new Set(gone.map((doc) => doc % all.length));
        for (const doc of forgotten) index.remove(doc);
        const { docs } = find(index, text, Infinity);
        expect(new Set(docs).size).toBe(docs.length);
        expect(docs.some((doc) => forgotten.has(doc))).toBe(false);
      }),
    );
  });

  it('holds every document with a word of the query when all are asked for', () => {
    fc.assert(
      fc.property(documents, query, (all, text) => {
        const view = new MemoryIndex(all).view();
        const analysed = analyseQuery(text);
        const docs = new Set(rank(view, analysed, { limit: Infinity }).docs);
        for (const { term } of analysed.terms)
          for (const doc of view.postings(term).docs) expect(docs.has(doc)).toBe(true);
      }),
    );
  });

  it('is empty for an empty index and for a query without words', () => {
    expect(find(new MemoryIndex(), 'boat').docs).toEqual([]);
    expect(find(new MemoryIndex([{ content: 'red boat' }]), 'what is it').docs).toEqual([]);
    expect(find(new MemoryIndex([{ content: 'red boat' }]), 'boat', 0).docs).toEqual([]);
  });

  it('says how each score came about, and the parts make the score', () => {
    fc.assert(
      fc.property(documents, query, (all, text) => {
        const view = new MemoryIndex(all).view();
        const { docs, scores, parts } = rank(view, analyseQuery(text), {
          limit: 10,
          explain: true,
        });
        expect(parts).toHaveLength(docs.length);
        for (const [at, { question, exact, ...gains }] of parts!.entries()) {
          const sum = Object.values(gains).reduce((total, gain) => total + gain, 0);
          expect(sum * question + exact).toBeCloseTo(scores[at]!, 9);
        }
      }),
    );
  });
});

describe('a filter', () => {
  const filterOf = (passes: readonly boolean[]) => (doc: number) => passes[doc % passes.length]!;
  const passes = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });

  it('lets nothing else through, and everything that matches and passes', () => {
    fc.assert(
      fc.property(documents, query, passes, (all, text, pattern) => {
        const view = new MemoryIndex(all).view();
        const filter = filterOf(pattern);
        const filtered = rank(view, analyseQuery(text), { limit: 100, filter });
        const everything = rank(view, analyseQuery(text), { limit: 100 });
        expect(new Set(filtered.docs)).toEqual(new Set(everything.docs.filter(filter)));
      }),
    );
  });

  it('is applied before the limit, in a crowd of better matches too', () => {
    const crowd = Array.from({ length: 5_000 }, () => ({ content: 'red boat in the harbour' }));
    const index = new MemoryIndex([{ content: 'a boat' }, ...crowd, { content: 'tea and a boat' }]);
    const filter = (doc: number): boolean => doc === 0 || doc === 5_001;
    const { docs } = rank(index.view(), analyseQuery('red boat harbour'), { limit: 10, filter });
    expect(new Set(docs)).toEqual(new Set([0, 5_001]));
  });

  it('has context looked at for what passes it, in a crowd of better matches too', () => {
    const crowd = Array.from({ length: 5_000 }, () => ({ content: 'red boat in the harbour' }));
    const view = new MemoryIndex([
      { content: 'a boat', speaker: 'Ann' },
      ...crowd,
      { content: 'a boat', speaker: 'Bob' },
    ]).view();
    const filter = (doc: number): boolean => doc === 0 || doc === 5_001;
    const query = analyseQuery('red boat in the harbour of Ann');
    expect(rank(view, query, { limit: 10, filter }).docs).toEqual([0, 5_001]);
  });
});

describe('more matches than candidates', () => {
  const many = Array.from({ length: 3 * defaultWeights.candidates }, (_, doc) => ({
    content: doc % 50 === 0 ? 'red boat' : 'red',
  }));
  const index = new MemoryIndex(many);

  it('lose none of the best', () => {
    const { docs } = find(index, 'red boat', 100);
    expect(docs.every((doc) => doc % 50 === 0)).toBe(true);
    expect(docs[0]).toBe(many.length - 50);
  });

  it('are all there when all are asked for, best first', () => {
    const { docs, scores } = find(index, 'red boat', Infinity);
    expect(docs.toSorted((a, b) => a - b)).toEqual(many.map((_, doc) => doc));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });
});
