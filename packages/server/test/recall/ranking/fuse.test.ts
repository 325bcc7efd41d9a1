import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseQuery } from '../../../src/recall/analysis/query.js';
import { fuse, fusionPool, type WordHit } from '../../../src/recall/ranking/fuse.js';
import { createRank } from '../../../src/recall/ranking/rank.js';
import { MemoryIndex } from '../../support/memory-index.js';

const rank = createRank();
const common = ['boat', 'harbour', 'tea', 'rain', 'cat', 'soup', 'yesterday', 'seven'] as const;
const text = fc
  .array(fc.constantFrom(...common), { minLength: 3, maxLength: 12 })
  .map((words) => words.join(' '));
const similarity = fc.double({ min: -1, max: 1, noNaN: true });

function wordsOf(contents: readonly string[], query: string, limit = 1_000) {
  const view = new MemoryIndex(contents.map((content) => ({ content }))).view();
  const { docs, scores, exact } = rank(view, analyseQuery(query), { limit });
  const words: WordHit[] = docs.map((doc, at) => ({
    doc,
    score: scores[at]!,
    exact: exact.has(doc),
  }));
  return { view, words };
}

describe('words fused with meaning', () => {
  it('keep the memory that alone has a word in front, whatever is near in meaning', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 20, maxLength: 60 }),
        fc.nat(),
        fc.array(similarity, { minLength: 60, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (contents, at, similarities, weight) => {
          const doc = at % contents.length;
          const all = contents.map((content, n) => (n === doc ? `zyxwort ${content}` : content));
          const { view, words } = wordsOf(all, 'zyxwort tea');
          const near = all.map((_, n) => ({ doc: n, similarity: similarities[n]! }));
          const fused = fuse(
            view,
            words,
            near.filter((one) => one.doc !== doc),
            weight,
          );
          expect(fused[0]?.doc).toBe(doc);
        },
      ),
    );
  });

  it('hold every document of either, once, best first', () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 40 }),
        fc.array(similarity, { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (contents, similarities, weight) => {
          const { view, words } = wordsOf(contents, 'tea rain');
          const near = similarities
            .slice(0, contents.length)
            .map((value, doc) => ({ doc, similarity: value }));
          const fused = fuse(view, words, near, weight);
          const docs = fused.map(({ doc }) => doc);
          expect(new Set(docs)).toEqual(new Set([...words, ...near].map(({ doc }) => doc)));
          expect(docs).toHaveLength(new Set(docs).size);
          const scores = fused.map(({ score }) => score);
          expect(scores.every((score, n) => n === 0 || score <= scores[n - 1]!)).toBe(true);
          expect(scores.every(Number.isFinite)).toBe(true);
        },
      ),
    );
  });

  it('give the same documents first when more are asked for', () => {
    const contents = Array.from({ length: 900 }, (_, n) => `tea ${'rain '.repeat(n % 17)}`);
    const near = contents.slice(0, 100).map((_, n) => ({ doc: n * 7, similarity: 1 - n / 100 }));
    const few = wordsOf(contents, 'tea rain', fusionPool);
    const many = wordsOf(contents, 'tea rain', 800);
    const first = fuse(few.view, few.words, near, 0.3).map(({ doc }) => doc);
    const more = fuse(many.view, many.words, near, 0.3);
    expect(more.slice(0, first.length).map(({ doc }) => doc)).toEqual(first);
    expect(more.length).toBeGreaterThan(first.length);
  });

  it('lift what is near, and find what shares no word', () => {
    const { view, words } = wordsOf(['tea at noon', 'tea at night', 'a warm drink'], 'tea');
    const near = [2, 0, 1].map((doc, at) => ({ doc, similarity: 0.9 - at / 10 }));
    const [first] = fuse(view, words, near, 0.15);
    expect(first).toMatchObject({ doc: 0, similarity: 0.8 });
    expect(fuse(view, words, near, 0.8)[0]).toMatchObject({ doc: 2, words: 0 });
    expect(fuse(view, [], near, 0.15).map(({ doc }) => doc)).toEqual([2, 0, 1]);
  });

  it('hand a meaning on to the turns around it, in the same session only', () => {
    const turns = ['what did it cost?', 'forty', 'far away'].map((content, n) => ({
      content,
      session: n < 2 ? 'one' : 'two',
    }));
    const view = new MemoryIndex(turns).view();
    const near = [{ doc: 0, similarity: 0.9 }];
    expect(fuse(view, [], near, 0.3).map(({ doc }) => doc)).toEqual([0, 1]);
  });
});
