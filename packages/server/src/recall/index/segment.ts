import type { BlockRow } from '../../storage/statements/index-blocks.js';
import { ownBlock, segmentStart, sharedBlock, sharedNumber } from './block-address.js';
import { DecodedTerms } from './decoded-terms.js';
import type { PostingBuffer } from './postings-codec.js';
import type { QueryTerm } from './recent-terms.js';
import type { SegmentFacts } from './segment-facts.js';
import { countOwn, readOwn, readShared } from './term-blocks.js';
import type { Vocabulary } from './vocabulary.js';

const noParts: readonly Uint8Array[] = [];
/** Estimate of what a cached block costs beside its bytes. */
const blockOverhead = 200;
/** Room for decoded postings: about what the blocks of a segment take that is searched all day. */
const decodedBytesADocument = 32;

/** A segment with those of its term blocks that were read so far. Blocks never change, so they are never stale. */
export class Segment {
  readonly facts: SegmentFacts;
  /** Parts by offset; no parts when the segment has no such block. */
  readonly #blocks = new Map<number, readonly Uint8Array[]>();
  /** Offsets of terms' own blocks, as soon as the segment's head was read. */
  #own: ReadonlySet<number> | undefined;
  readonly #decoded: DecodedTerms;
  /** Its terms, once somebody has asked for similar ones. */
  vocabulary: Vocabulary | undefined;
  /** Estimate of the memory that the cached blocks take. */
  #bytes = 0;

  constructor(facts: SegmentFacts) {
    this.facts = facts;
    this.#decoded = new DecodedTerms(facts.documents * decodedBytesADocument);
  }

  /** Estimate of the memory that it takes. */
  get bytes(): number {
    return this.#bytes + this.#decoded.bytes;
  }

  /** The same segment with no blocks cached. */
  bare(): Segment {
    const segment = new Segment(this.facts);
    if (this.#own !== undefined) segment.knowOwn(this.#own);
    return segment;
  }

  /** Tells which offsets own blocks have, so that nobody looks for the own blocks of other terms. */
  knowOwn(offsets: ReadonlySet<number>): void {
    this.#own = offsets;
    this.#bytes += offsets.size * 16;
  }

  keepVocabulary(vocabulary: Vocabulary): void {
    if (this.vocabulary !== undefined) return;
    this.vocabulary = vocabulary;
    this.#bytes += vocabulary.bytes;
  }

  /** Addresses of the blocks that the terms need and that are not here. */
  missing(terms: readonly QueryTerm[]): number[] {
    const start = segmentStart(this.facts.segment);
    const missing = new Set<number>();
    for (const { hash } of terms) {
      const shared = this.#shared(hash);
      if (!this.#blocks.has(shared)) missing.add(start + shared);
      const own = ownBlock(hash);
      if (this.#mayHave(own) && !this.#blocks.has(own)) missing.add(start + own);
    }
    return [...missing];
  }

  /** Keeps what a read of these addresses answered, addresses without parts too. */
  keep(addresses: readonly number[], parts: ReadonlyMap<number, readonly BlockRow[]>): void {
    const start = segmentStart(this.facts.segment);
    for (const address of addresses) {
      const offset = address - start;
      if (this.#blocks.has(offset)) continue;
      // Copied: a driver's bytes may be a small view of a whole message.
      const kept = parts.get(address)?.map((row) => new Uint8Array(row.data)) ?? noParts;
      this.#blocks.set(offset, kept);
      this.#bytes += kept.reduce((sum, part) => sum + part.length, blockOverhead);
    }
  }

  /** Adds the term's postings to the buffer, `base` added to each ordinal. Its blocks must be here. */
  postings(term: QueryTerm, into: PostingBuffer, base: number): void {
    if (this.#ownPostings(term, into, base)) return;
    for (const part of this.#parts(this.#shared(term.hash)))
      if (readShared(part, term.hash, term.bytes, into, base)) return;
  }

  /** How many postings the term has, when it has blocks of its own; else 0. Its blocks must be here. */
  ownPostings(term: QueryTerm): number {
    const own = ownBlock(term.hash);
    if (!this.#mayHave(own)) return 0;
    return this.#decoded.get(term.text)?.ordinals.length ?? countOwn(this.#parts(own), term.bytes);
  }

  /** Adds the postings of a term that has blocks of its own; false when it has none. */
  #ownPostings(term: QueryTerm, into: PostingBuffer, base: number): boolean {
    const own = ownBlock(term.hash);
    if (!this.#mayHave(own)) return false;
    const before = into.length;
    const known = this.#decoded.get(term.text);
    if (known !== undefined) into.append(known, base);
    else readOwn(this.#parts(own), term.bytes, into, base);
    const count = into.length - before;
    if (known === undefined && this.#decoded.wants(term.text, count))
      this.#decoded.keep(term.text, into.copyFrom(before, base));
    return count > 0;
  }

  #mayHave(own: number): boolean {
    return this.#own === undefined ? this.facts.ownTerms > 0 : this.#own.has(own);
  }

  #shared(hash: number): number {
    return sharedBlock(sharedNumber(hash, this.facts.sharedBlocks));
  }

  #parts(offset: number): readonly Uint8Array[] {
    const parts = this.#blocks.get(offset);
    if (parts === undefined) throw new Error('a block was not fetched before it was used');
    return parts;
  }
}

/** Groups rows by block, parts in order. */
export function groupParts(rows: readonly BlockRow[]): Map<number, BlockRow[]> {
  const parts = new Map<number, BlockRow[]>();
  for (const row of rows) {
    const group = parts.get(row.block);
    if (group === undefined) parts.set(row.block, [row]);
    else group.push(row);
  }
  for (const group of parts.values()) group.sort((a, b) => a.part - b.part);
  return parts;
}
