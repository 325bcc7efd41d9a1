import { facetsSince } from '../analysis/version.js';
import { type DecodedEntry, eachTerm } from './entry-codec.js';
import { anyFacetsBytes, isFacet } from './facets.js';
import type { PostingBuffer } from './postings-codec.js';
import { termHash } from './term-hash.js';
import { Vocabulary } from './vocabulary.js';

/** A term of a query, as blocks know it. */
export interface QueryTerm {
  readonly text: string;
  /** UTF-8. */
  readonly bytes: Uint8Array;
  readonly hash: number;
}

/** Prepares a term for look-ups. */
export function queryTerm(text: string): QueryTerm {
  const bytes = Buffer.from(text);
  return { text, bytes, hash: termHash(bytes) };
}

/** Which query terms have a fingerprint: 0 none, else 1 + the first of them. Filled and emptied by each scan. */
const marks = new Uint16Array(0x1_0000);

/**
 * Terms of the documents that no segment holds yet, in the order they came, found by scanning.
 *
 * A scan compares 16 bits of a hash for each term of each document (20 µs for 512 documents of 35 terms) and looks at
 * the term itself only when they agree. That costs less memory than an inverted index in objects (400 bytes a document
 * against 900) and nothing to keep up to date. Only appended to, so that several states of an index can share it.
 */
export class RecentTerms {
  count = 0;
  /** Position in `fingerprints` and `offsets` behind each document's last term. */
  #ends = new Uint32Array(16);
  #fingerprints = new Uint16Array(256);
  /** Position in `bytes` of each term: frequency, length, UTF-8. */
  #offsets = new Uint32Array(256);
  #bytes = new Uint8Array(2_048);
  #terms = 0;
  #used = 0;
  #vocabulary: Vocabulary | undefined;
  /** Terms that the vocabulary has already. */
  #listed = 0;

  /** Memory it takes. */
  get bytes(): number {
    const vocabulary = this.#vocabulary?.bytes ?? 0;
    return this.#ends.length * 4 + this.#fingerprints.length * 6 + this.#bytes.length + vocabulary;
  }

  append(entry: DecodedEntry): void {
    eachTerm(entry, this.#appendTerm);
    // Made before facets were; of segments their facts tell it.
    if (entry.analysis < facetsSince) this.#appendTerm(anyFacetsBytes, 0, anyFacetsBytes.length, 1);
    if (this.count === this.#ends.length) this.#ends = larger(this.#ends, this.count + 1);
    this.#ends[this.count++] = this.#terms;
  }

  /** The documents from `from` on, by themselves. */
  from(from: number, count: number): RecentTerms {
    const rest = new RecentTerms();
    for (let document = from; document < count; document++) {
      const end = this.#ends[document]!;
      for (let index = this.#start(document); index < end; index++) {
        const offset = this.#offsets[index]!;
        const end = offset + 2 + this.#bytes[offset + 1]!;
        rest.#appendTerm(this.#bytes, offset + 2, end, this.#bytes[offset]!);
      }
      if (rest.count === rest.#ends.length) rest.#ends = larger(rest.#ends, rest.count + 1);
      rest.#ends[rest.count++] = rest.#terms;
    }
    return rest;
  }

  /** Adds to the buffer of each term its postings in the first `count` documents, with `base` added. */
  find(
    terms: readonly QueryTerm[],
    count: number,
    base: number,
    into: readonly PostingBuffer[],
  ): void {
    const chained = mark(terms);
    try {
      this.#scan(terms, chained, count, base, into);
    } finally {
      for (const term of terms) marks[fingerprint(term.hash)] = 0;
    }
  }

  #scan(
    terms: readonly QueryTerm[],
    chained: Uint16Array,
    count: number,
    base: number,
    into: readonly PostingBuffer[],
  ): void {
    let index = 0;
    for (let document = 0; document < count; document++) {
      const end = this.#ends[document]!;
      for (; index < end; index++) {
        let candidate = marks[this.#fingerprints[index]!]!;
        for (; candidate !== 0; candidate = chained[candidate - 1]!)
          this.#match(terms[candidate - 1]!, index, base + document, into[candidate - 1]!);
      }
    }
  }

  /** The words of all documents, those behind the ones of a state too; made when first asked for. */
  vocabulary(): Vocabulary {
    this.#vocabulary ??= new Vocabulary();
    for (; this.#listed < this.#terms; this.#listed++) {
      const offset = this.#offsets[this.#listed]!;
      if (isFacet(this.#bytes, offset + 2)) continue;
      this.#vocabulary.add(this.#bytes, offset + 2, offset + 2 + this.#bytes[offset + 1]!);
    }
    return this.#vocabulary;
  }

  #match(term: QueryTerm, index: number, ordinal: number, into: PostingBuffer): void {
    const offset = this.#offsets[index]!;
    const { bytes } = term;
    if (this.#bytes[offset + 1] !== bytes.length) return;
    for (let byte = 0; byte < bytes.length; byte++)
      if (this.#bytes[offset + 2 + byte] !== bytes[byte]) return;
    into.push(ordinal, this.#bytes[offset]!);
  }

  readonly #appendTerm = (
    bytes: Uint8Array,
    start: number,
    end: number,
    frequency: number,
  ): void => {
    if (this.#terms === this.#offsets.length) {
      this.#offsets = larger(this.#offsets, this.#terms + 1);
      this.#fingerprints = larger(this.#fingerprints, this.#terms + 1);
    }
    const length = end - start;
    const until = this.#used + 2 + length;
    if (until > this.#bytes.length) this.#bytes = larger(this.#bytes, until);
    this.#fingerprints[this.#terms] = fingerprint(termHash(bytes, start, end));
    this.#offsets[this.#terms++] = this.#used;
    this.#bytes[this.#used] = frequency;
    this.#bytes[this.#used + 1] = length;
    for (let index = 0; index < length; index++)
      this.#bytes[this.#used + 2 + index] = bytes[start + index]!;
    this.#used = until;
  };

  #start(document: number): number {
    return document === 0 ? 0 : this.#ends[document - 1]!;
  }
}

const fingerprint = (hash: number): number => hash & 0xffff;

/** Marks the terms' fingerprints; answers, for each term, 1 + the next with the same fingerprint, or 0. */
function mark(terms: readonly QueryTerm[]): Uint16Array {
  const chained = new Uint16Array(terms.length);
  for (const [index, term] of terms.entries()) {
    const place = fingerprint(term.hash);
    chained[index] = marks[place]!;
    marks[place] = index + 1;
  }
  return chained;
}

function larger<Column extends Uint32Array | Uint16Array | Uint8Array>(
  column: Column,
  needed: number,
): Column {
  const length = Math.max(needed, Math.ceil(column.length * 1.5));
  const grown = new (column.constructor as new (length: number) => Column)(length);
  grown.set(column);
  return grown;
}
