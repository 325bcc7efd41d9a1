import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEntry } from '../../../src/recall/index/entry-codec.js';
import { PostingBuffer } from '../../../src/recall/index/postings-codec.js';
import { queryTerm, RecentTerms } from '../../../src/recall/index/recent-terms.js';
import { documentOf, entryOf, type TestDocument } from './model.js';

/** Equal in the last 16 bits of their hash, so always in one bucket; found by search. */
const alike = ['w68', 'w83'];
const words = ['a', 'b', '가', 'x'.repeat(64), ...alike];
const documents = fc.array(
  fc.array(fc.constantFrom(...words), { maxLength: 6 }).map((chosen) => documentOf(chosen)),
  { maxLength: 20 },
);

function fill(recents: RecentTerms, all: readonly TestDocument[]): RecentTerms {
  for (const document of all) recents.append(decodeEntry(entryOf(document)));
  return recents;
}

function find(recents: RecentTerms, asked: readonly string[], count: number, base: number) {
  const buffers = asked.map(() => new PostingBuffer());
  recents.find(asked.map(queryTerm), count, base, buffers);
  return buffers.map((buffer) => {
    const { ordinals, frequencies } = buffer.take();
    return [...ordinals].map((ordinal, index) => [ordinal, frequencies[index]]);
  });
}

const expected = (all: readonly TestDocument[], asked: readonly string[], base: number) =>
  asked.map((word) =>
    all.flatMap(({ terms }, index) => (terms.has(word) ? [[base + index, terms.get(word)]] : [])),
  );

describe('recent terms', () => {
  test('the test words share a bucket', () => {
    const [one, other] = alike.map((word) => queryTerm(word).hash & 0xffff);
    expect(one).toBe(other);
  });

  test('are found exactly among the first documents, whatever came later', () => {
    fc.assert(
      fc.property(
        documents,
        documents,
        fc.uniqueArray(fc.constantFrom(...words, 'absent')),
        fc.nat(100),
        (mine, later, asked, base) => {
          const recents = fill(fill(new RecentTerms(), mine), later);
          expect(find(recents, asked, mine.length, base)).toEqual(expected(mine, asked, base));
        },
      ),
    );
  });

  test('are found when there are more of them than the table began with', () => {
    const word = (number: number): string => `word${number}`;
    const all = Array.from({ length: 60 }, (_, at) =>
      documentOf(Array.from({ length: 40 }, (_, number) => word((at * 13 + number * 7) % 500))),
    );
    const asked = Array.from({ length: 501 }, (_, number) => word(number));
    const recents = fill(new RecentTerms(), all);
    expect(find(recents, asked, 40, 3)).toEqual(expected(all.slice(0, 40), asked, 3));
    expect(find(recents, asked, 60, 0)).toEqual(expected(all, asked, 0));
  });

  test('copied from a document on, are those of that document and its followers', () => {
    fc.assert(
      fc.property(documents, fc.nat(20), (all, from) => {
        const recents = fill(new RecentTerms(), all);
        const start = Math.min(from, all.length);
        const copy = fill(recents.from(start, all.length), all);
        const both = [...all.slice(start), ...all];
        expect(find(copy, words, both.length, 0)).toEqual(expected(both, words, 0));
      }),
    );
  });
});
