import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../../src/recall/index/byte-reader.js';
import { ByteWriter } from '../../../src/recall/index/byte-writer.js';
import { DocumentColumns } from '../../../src/recall/index/document-columns.js';
import { noSession } from '../../../src/recall/index/document-facts.js';
import { decodeEntry, eachTerm, encodeEntry } from '../../../src/recall/index/entry-codec.js';
import {
  longPostingsCount,
  PostingBuffer,
  readLongPostings,
  readPostings,
  writeLongPostings,
  writePostings,
} from '../../../src/recall/index/postings-codec.js';
import { decodeHead, encodeHead } from '../../../src/recall/index/segment-head.js';
import { sessionKey } from '../../../src/recall/index/term-hash.js';
import { noDay } from '../../../src/recall/index-view.js';

const int32 = fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff });
const term = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const frequency = fc.integer({ min: 1, max: 255 });

describe('numbers', () => {
  test('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), fc.array(int32), (naturals, integers) => {
        const writer = new ByteWriter(1);
        for (const natural of naturals) writer.varint(natural);
        for (const integer of [...integers, noDay]) writer.signed(integer);
        const reader = new ByteReader(writer.take());
        expect(naturals.map(() => reader.varint())).toEqual(naturals);
        expect([...integers, noDay].map(() => reader.signed())).toEqual([...integers, noDay]);
        expect(reader.done).toBe(true);
      }),
    );
  });

  test('cut off in the middle are refused', () => {
    const writer = new ByteWriter();
    writer.varint(300);
    const cut = writer.take().subarray(0, 1);
    expect(() => new ByteReader(cut).varint()).toThrow('ends too early');
  });
});

describe('postings', () => {
  const list = fc
    .uniqueArray(fc.integer({ min: 0, max: 0x7fff_fffe }), { maxLength: 300 })
    .chain((ordinals) =>
      fc.record({
        ordinals: fc.constant(Uint32Array.from(ordinals).sort()),
        frequencies: fc
          .array(fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, frequency), {
            minLength: ordinals.length,
            maxLength: ordinals.length,
          })
          .map((values) => Uint8Array.from(values)),
      }),
    );

  test('come back as they were written, moved by the base', () => {
    fc.assert(
      fc.property(list, fc.nat(1_000), (postings, base) => {
        const writer = new ByteWriter();
        writePostings(writer, postings);
        const buffer = new PostingBuffer(0);
        buffer.push(7, 3);
        readPostings(new ByteReader(writer.take()), buffer, base);
        const read = buffer.take();
        expect([...read.ordinals]).toEqual([7, ...[...postings.ordinals].map((o) => o + base)]);
        expect([...read.frequencies]).toEqual([3, ...postings.frequencies]);
      }),
    );
  });

  test('cut into parts keep within the bytes asked for and lose nothing', () => {
    fc.assert(
      fc.property(
        list,
        fc.integer({ min: 18, max: 200 }),
        fc.boolean(),
        (postings, bytes, apart) => {
          const base = 5;
          const buffer = new PostingBuffer();
          for (let from = 0; from < postings.ordinals.length; ) {
            const writer = new ByteWriter();
            const to = writeLongPostings(writer, postings, from, bytes, apart);
            expect(writer.length).toBeLessThanOrEqual(bytes);
            const reader = new ByteReader(writer.take());
            expect(longPostingsCount(reader)).toBe(to - from);
            readLongPostings(reader, buffer, base);
            expect(reader.done).toBe(true);
            from = to;
          }
          const { ordinals, frequencies } = buffer.take();
          expect(ordinals).toEqual(postings.ordinals.map((ordinal) => ordinal + base));
          expect(frequencies).toEqual(postings.frequencies);
        },
      ),
    );
  });

  test('of a common word cost one byte each', () => {
    const ordinals = Uint32Array.from({ length: 10_000 }, (_, index) => index * 3);
    const writer = new ByteWriter();
    writePostings(writer, { ordinals, frequencies: new Uint8Array(10_000).fill(1) });
    expect(writer.length).toBe(10_002);
  });
});

describe('entries', () => {
  test('give back terms, facts and the version of the analysis', () => {
    const document = fc.record({
      terms: fc.array(fc.tuple(term, frequency)).map((pairs) => new Map(pairs)),
      length: fc.nat(65_535),
      flags: fc.nat(65_535),
      day: fc.oneof(int32, fc.constant(noDay)),
    });
    const name = fc.option(fc.string({ unit: 'grapheme', minLength: 1 }));
    const facets = fc.uniqueArray(fc.nat(127).map((n) => `\0${String.fromCharCode(n)}`));
    const filtered = fc.record({ facets, storedDay: fc.option(int32, { nil: undefined }) });
    const version = 3;
    fc.assert(
      fc.property(document, name, name, filtered, (analysed, sessionId, speaker, facts) => {
        const entry = decodeEntry(encodeEntry(analysed, { sessionId, speaker }, version, facts));
        const terms = new Map<string, number>();
        eachTerm(entry, (bytes, start, end, count) =>
          terms.set(Buffer.from(bytes.subarray(start, end)).toString(), count),
        );
        const all = [...analysed.terms, ...facts.facets.map((facet) => [facet, 1] as const)];
        expect(terms).toEqual(new Map(all));
        expect(entry.analysis).toBe(version);
        expect(entry.facts).toEqual({
          length: analysed.length,
          flags: analysed.flags,
          day: analysed.day,
          storedDay: analysed.day === noDay ? facts.storedDay : undefined,
          session: sessionId === null ? noSession : sessionKey(sessionId),
          speaker: speaker ?? undefined,
        });
      }),
    );
  });

  test('of an unknown format are refused', () => {
    expect(() => decodeEntry(Uint8Array.of(9))).toThrow('unknown format');
  });
});

describe('documents of a segment', () => {
  test('come back as they were written, behind those that were there', () => {
    const facts = fc.record({
      length: fc.nat(65_535),
      flags: fc.nat(65_535),
      day: fc.oneof(int32, fc.constant(noDay)),
      storedDay: fc.option(int32, { nil: undefined }),
      session: fc.oneof(
        fc.constant(noSession),
        fc.nat(5),
        fc.integer({ min: 0, max: 2 ** 53 - 1 }),
      ),
      speaker: fc.option(fc.constantFrom('Ann', 'Bo', '민수'), { nil: undefined }),
    });
    const documents = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), facts));
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const all = new DocumentColumns(0);
        const encoded = new DocumentColumns(0);
        let doc = -1;
        for (const [distance, each] of before) all.append((doc += distance), each);
        for (const [distance, each] of after) {
          doc += distance;
          all.append(doc, each);
          encoded.append(doc, each);
        }
        const decoded = new DocumentColumns(0);
        decoded.appendFrom(all, 0, before.length);
        decodeHead(encodeHead(encoded, []), decoded);
        expect(plain(decoded)).toEqual(plain(all));
      }),
    );
  });

  const plain = (columns: DocumentColumns) =>
    Array.from({ length: columns.count }, (_, ordinal) => [
      columns.docs[ordinal],
      columns.lengths[ordinal],
      columns.flags[ordinal],
      columns.days[ordinal],
      columns.moments[ordinal],
      columns.sessionKeys[columns.sessions[ordinal]!],
      columns.speakerNames[columns.speakers[ordinal]!],
    ]);
});
