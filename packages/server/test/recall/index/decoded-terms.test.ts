import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DecodedTerms } from '../../../src/recall/index/decoded-terms.js';
import { PostingBuffer, type PostingList } from '../../../src/recall/index/postings-codec.js';

const list: fc.Arbitrary<PostingList> = fc
  .uniqueArray(fc.integer({ min: 0, max: 1_000_000 }), { maxLength: 50 })
  .map((ordinals) => ({
    ordinals: Uint32Array.from(ordinals).sort(),
    frequencies: Uint8Array.from(ordinals, (_, at) => 1 + (at % 255)),
  }));

test('what is kept of a buffer is what was added to it, wherever its documents begin', () => {
  fc.assert(
    fc.property(list, list, fc.nat(1_000), (before, added, base) => {
      const buffer = new PostingBuffer(0);
      buffer.append(before, 0);
      buffer.append(added, base);
      expect(buffer.copyFrom(before.ordinals.length, base)).toEqual(added);
      expect(buffer.copyFrom(0, 0).ordinals).toEqual(
        Uint32Array.from([...before.ordinals, ...added.ordinals.map((ordinal) => ordinal + base)]),
      );
    }),
  );
});

test('a term is kept from the second time on, and never more than there is room for', () => {
  const terms = fc.array(fc.tuple(fc.constantFrom('tea', 'cat', 'boat', 'red'), list));
  fc.assert(
    fc.property(terms, fc.nat(3_000), (asked, most) => {
      const decoded = new DecodedTerms(most);
      const seen = new Set<string>();
      for (const [term, postings] of asked) {
        if (decoded.get(term) !== undefined) continue;
        const wanted = decoded.wants(term, postings.ordinals.length);
        if (!seen.has(term)) expect(wanted).toBe(false);
        if (wanted) decoded.keep(term, postings);
        seen.add(term);
        expect(decoded.get(term)).toBe(wanted ? postings : undefined);
        expect(decoded.bytes).toBeLessThanOrEqual(most);
      }
    }),
  );
});

test('a term that comes again is kept where there is room', () => {
  const decoded = new DecodedTerms(10_000);
  expect(decoded.wants('tea', 100)).toBe(false);
  expect(decoded.wants('tea', 100)).toBe(true);
  expect(decoded.wants('tea', 100_000)).toBe(false);
});
