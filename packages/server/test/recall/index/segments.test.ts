import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DocumentColumns } from '../../../src/recall/index/document-columns.js';
import { MergedSegment, mergeRecents } from '../../../src/recall/index/merge-sources.js';
import { mergeTerms } from '../../../src/recall/index/merge-terms.js';
import { PostingBuffer } from '../../../src/recall/index/postings-codec.js';
import { queryTerm } from '../../../src/recall/index/recent-terms.js';
import { groupParts, Segment } from '../../../src/recall/index/segment.js';
import type { SegmentFacts } from '../../../src/recall/index/segment-facts.js';
import { SegmentWriter } from '../../../src/recall/index/segment-writer.js';
import { maxPartBytes } from '../../../src/recall/index/term-blocks.js';
import type { BlockRow } from '../../../src/storage/statements/index-blocks.js';
import { documentOf, entryOf, type TestDocument } from './model.js';

/** Segments made in memory: the rows that would be written, read back as a database would. */
class SegmentLab {
  rows: BlockRow[] = [];
  pieces = 0;
  #next = 0;

  async merge(
    old: readonly SegmentFacts[],
    recent: readonly (readonly [doc: number, document: TestDocument])[],
    dead: ReadonlySet<number> = new Set(),
  ): Promise<SegmentFacts> {
    const columns = new DocumentColumns(0);
    const sources = old.map((facts) => new MergedSegment(facts, this.#head(facts), dead, columns));
    const recents = mergeRecents(
      recent.map(([doc, document]) => ({ doc, entry: entryOf(document) })),
      dead,
      columns,
    );
    const sharedBytes =
      recents.terms.sharedBytes + old.reduce((sum, facts) => sum + facts.sharedBytes, 0);
    const made: BlockRow[] = [];
    const writer = new SegmentWriter(
      { segment: this.#next++, firstDoc: 0, endDoc: 0, sharedBytes, analysis: 1 },
      columns,
      (row) => made.push(row),
    );
    await mergeTerms(sources, recents.terms, writer, {
      read: async (ranges) =>
        ranges.map(({ from, to }) =>
          this.rows.filter((row) => row.block >= from && row.block < to),
        ),
      breathe: async () => void this.pieces++,
    });
    const facts = writer.end();
    expect(new Set(made.map(({ block, part }) => `${block}/${part}`)).size).toBe(made.length);
    expect(Math.max(...made.map(({ data }) => data.length))).toBeLessThanOrEqual(maxPartBytes);
    this.rows = [...this.rows, ...made].sort((a, b) => a.block - b.block || a.part - b.part);
    return facts;
  }

  /** Postings of a word as pairs of ordinal and frequency. */
  postings(facts: SegmentFacts, word: string): [number, number][] {
    const term = queryTerm(word);
    const segment = new Segment(facts);
    const missing = segment.missing([term]);
    segment.keep(missing, groupParts(this.rows.filter((row) => missing.includes(row.block))));
    const buffer = new PostingBuffer();
    segment.postings(term, buffer, 0);
    const { ordinals, frequencies } = buffer.take();
    return [...ordinals].map((ordinal, index) => [ordinal, frequencies[index]!]);
  }

  #head({ segment }: SegmentFacts): Uint8Array {
    const parts = groupParts(this.rows).get(segment * 2 ** 26)!;
    return Buffer.concat(parts.map((row) => row.data));
  }
}

const expected = (documents: readonly TestDocument[], word: string): [number, number][] =>
  documents.flatMap(({ terms }, ordinal): [number, number][] =>
    terms.has(word) ? [[ordinal, terms.get(word)!]] : [],
  );

const numbered = (documents: readonly TestDocument[], from = 0) =>
  documents.map((document, index): [number, TestDocument] => [from + index, document]);

describe('segments', () => {
  test('merged in any grouping, with any dead, hold exactly the postings of the living', async () => {
    const words = ['one', 'two', 'three', '하나', '둘', 'z'.repeat(64)];
    const documents = fc.array(
      fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((chosen) => documentOf(chosen)),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        documents,
        documents,
        documents,
        fc.array(fc.nat(35)),
        async (first, second, recent, dying) => {
          const dead = new Set(dying);
          const lab = new SegmentLab();
          const old = [
            await lab.merge([], numbered(first)),
            await lab.merge([], numbered(second, first.length)),
          ];
          const all = [...first, ...second, ...recent];
          const from = first.length + second.length;
          const merged = await lab.merge(old, numbered(recent, from), dead);
          const living = all.filter((_, doc) => !dead.has(doc));
          expect(merged.documents).toBe(living.length);
          for (const word of [...words, 'absent'])
            expect(lab.postings(merged, word)).toEqual(expected(living, word));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('give common words blocks of their own in parts, and rare ones a share of a block', async () => {
    const documents = Array.from({ length: 20_000 }, (_, number) =>
      documentOf(['common', `word${number % 5_000}`, ...(number % 3 === 0 ? ['third'] : [])]),
    );
    const lab = new SegmentLab();
    const halves = [
      await lab.merge([], numbered(documents.slice(0, 10_000))),
      await lab.merge([], numbered(documents.slice(10_000), 10_000)),
    ];
    lab.pieces = 0;
    const merged = await lab.merge(halves, []);
    expect(merged.ownTerms).toBe(2);
    for (const word of ['common', 'third', 'word0', 'word4999', 'absent'])
      expect(lab.postings(merged, word)).toEqual(expected(documents, word));
    const own = lab.rows.filter(({ block }) => block >= merged.segment * 2 ** 26 + 3 * 2 ** 24);
    expect(own.length).toBe(4);
  });

  test('larger than a piece are merged piece by piece, and list their terms', async () => {
    const documents = Array.from({ length: 30_000 }, (_, number) =>
      documentOf([`${number}-a-word-of-some-length`, `${number % 20_000}-another-such-word`]),
    );
    const lab = new SegmentLab();
    const halves = [
      await lab.merge([], numbered(documents.slice(0, 15_000))),
      await lab.merge([], numbered(documents.slice(15_000), 15_000)),
    ];
    lab.pieces = 0;
    const merged = await lab.merge(halves, []);
    expect(lab.pieces).toBeGreaterThan(3);
    expect(merged.listsAllTerms).toBe(true);
    for (const number of [0, 7_777, 19_999, 29_999]) {
      const word = `${number % 20_000}-another-such-word`;
      expect(lab.postings(merged, word)).toEqual(expected(documents, word));
    }
  });

  test('tell terms with equal addresses apart', async () => {
    // Equal in the upper 24 bits of their hash, found by search.
    const [one, other] = ['w4645', 'w5797'];
    const documents = Array.from({ length: 3_000 }, (_, number) =>
      documentOf(number % 2 === 0 ? [one, other] : [one]),
    );
    const lab = new SegmentLab();
    const merged = await lab.merge([], numbered(documents));
    expect(merged.ownTerms).toBe(2);
    expect(lab.postings(merged, one)).toEqual(expected(documents, one));
    expect(lab.postings(merged, other)).toEqual(expected(documents, other));
  });
});
