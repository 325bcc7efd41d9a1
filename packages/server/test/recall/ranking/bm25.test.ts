import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseQuery } from '../../../src/recall/analysis/query.js';
import { rarity, saturated } from '../../../src/recall/ranking/bm25.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { MemoryIndex } from '../../support/memory-index.js';

const rank = createRank();

describe('BM25', () => {
  it('gives what a pocket calculator gives', () => {
    // Four facts of 2, 3, 1 and 2 terms, mean 2. They count as 19.82, 19.83 … long: 20 less a hundredth of what lacks.
    // k = 1.2 · (0.1 + 0.9 · 19.82 / 2) = 10.8228, and 10.8282.
    const view = new MemoryIndex(
      ['red boat', 'boat boat harbour', 'tea', 'green tea'].map((content) => ({ content })),
    ).view();
    // boat is in 2 of 4: ln(1 + 2.5 / 2.5) = ln 2. Once: 2.2 / 11.8228, twice: 4.4 / 12.8282.
    const { docs, scores } = rank(view, analyseQuery('boat'), { limit: 10 });
    expect(docs).toEqual([1, 0]);
    expect(scores[0]).toBeCloseTo(Math.LN2 * 0.342_994, 5);
    expect(scores[1]).toBeCloseTo(Math.LN2 * 0.186_081, 5);
  });

  it('adds up over the words of a query, rarer ones weighing more', () => {
    const view = new MemoryIndex(
      ['red boat', 'red tea', 'red cat', 'blue boat'].map((content) => ({ content })),
    ).view();
    expect(rank(view, analyseQuery('red boat'), { limit: 10 }).docs).toEqual([0, 3, 2, 1]);
  });

  it('hardly rewards a text for being shorter than twenty terms: it decides between equals', () => {
    const long = 'boat one two three four five six seven eight nine';
    const view = new MemoryIndex([{ content: long }, { content: 'boat' }]).view();
    const { docs, scores } = rank(view, analyseQuery('boat'), { limit: 2 });
    expect(docs).toEqual([1, 0]);
    expect(scores[0]! / scores[1]!).toBeLessThan(1.01);
  });

  it('holds length beyond that against a text', () => {
    const long = Array.from({ length: 60 }, (_, at) => `word${'abcdefgh'[at % 8]!.repeat(at)}`);
    const view = new MemoryIndex([
      { content: 'boat' },
      { content: `boat ${long.join(' ')}` },
      { content: 'tea' },
    ]).view();
    expect(rank(view, analyseQuery('boat'), { limit: 2 }).docs).toEqual([0, 1]);
  });

  it('falls with how many documents have a word and rises, ever less, with how often one has it', () => {
    const documents = fc.integer({ min: 1, max: 1e6 });
    fc.assert(
      fc.property(documents, documents, documents, (all, a, b) => {
        const [fewer, more] = a < b ? [a, b] : [b, a];
        fc.pre(more <= all);
        expect(rarity(all, more)).toBeGreaterThan(0);
        expect(rarity(all, fewer)).toBeGreaterThanOrEqual(rarity(all, more));
      }),
    );
    for (let times = 1; times < 255; times++) {
      expect(saturated(times + 1, 1.5, 1.2)).toBeGreaterThan(saturated(times, 1.5, 1.2));
      expect(saturated(times, 1.5, 1.2)).toBeLessThan(2.2);
    }
  });
});
