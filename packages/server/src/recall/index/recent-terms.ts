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

/** Terms that a bucket of the table has on average at most. */
const bucketTerms = 4;

/**
 * Terms of the documents that no segment holds yet, in the order they came, in one hash table for all documents.
 *
 * A term is looked up by going through the chain of its bucket, which is in the order of documents. To scan all terms
 * for the fingerprints of those that are wanted took 6 % of a recall at 1,000 memories. An inverted index in objects
 * would take more memory. Only appended to, so that several states of an index can share it.
 */
export class RecentTerms {
  count = 0;
  /** Position in `offsets` and `next` behind each document's last term. */
  #ends = new Uint32Array(16);
  /** Of each term, 1 + the next of its bucket; 0 for the last. */
  #next = new Uint32Array(256);
  /** Of each bucket, 1 + its first and its last term; 0 when it is empty. A power of two of them. */
  #first = new Uint32Array(32);
  #last = new Uint32Array(32);
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
    const columns = this.#ends.length + this.#next.length * 2 + this.#first.length * 2;
    return columns * 4 + this.#bytes.length + vocabulary;
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
    if (count === 0) return;
    const limit = this.#ends[count - 1]!;
    for (const [at, term] of terms.entries()) {
      let document = 0;
      let index = this.#first[this.#bucketOf(term.hash)]! - 1;
      for (; index >= 0 && index < limit; index = this.#next[index]! - 1) {
        if (!this.#isAt(index, term.bytes)) continue;
        while (this.#ends[document]! <= index) document++;
        into[at]!.push(base + document, this.#bytes[this.#offsets[index]!]!);
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

  #isAt(index: number, bytes: Uint8Array): boolean {
    const offset = this.#offsets[index]!;
    if (this.#bytes[offset + 1] !== bytes.length) return false;
    for (let byte = 0; byte < bytes.length; byte++)
      if (this.#bytes[offset + 2 + byte] !== bytes[byte]) return false;
    return true;
  }

  #bucketOf(hash: number): number {
    return hash & (this.#first.length - 1);
  }

  readonly #appendTerm = (
    bytes: Uint8Array,
    start: number,
    end: number,
    frequency: number,
  ): void => {
    if (this.#terms === this.#offsets.length) {
      this.#offsets = larger(this.#offsets, this.#terms + 1);
      this.#next = larger(this.#next, this.#terms + 1);
    }
    const length = end - start;
    const until = this.#used + 2 + length;
    if (until > this.#bytes.length) this.#bytes = larger(this.#bytes, until);
    this.#offsets[this.#terms] = this.#used;
    this.#chain(this.#terms++, termHash(bytes, start, end));
    this.#bytes[this.#used] = frequency;
    this.#bytes[this.#used + 1] = length;
    for (let index = 0; index < length; index++)
      this.#bytes[this.#used + 2 + index] = bytes[start + index]!;
    this.#used = until;
    if (this.#terms > this.#first.length * bucketTerms) this.#spread();
  };

  #chain(index: number, hash: number): void {
    const bucket = this.#bucketOf(hash);
    const last = this.#last[bucket]!;
    if (last === 0) this.#first[bucket] = index + 1;
    else this.#next[last - 1] = index + 1;
    this.#last[bucket] = index + 1;
  }

  /** Twice the buckets. */
  #spread(): void {
    this.#first = new Uint32Array(this.#first.length * 2);
    this.#last = new Uint32Array(this.#first.length);
    this.#next.fill(0, 0, this.#terms);
    for (let index = 0; index < this.#terms; index++) {
      const start = this.#offsets[index]! + 2;
      this.#chain(index, termHash(this.#bytes, start, start + this.#bytes[start - 1]!));
    }
  }

  #start(document: number): number {
    return document === 0 ? 0 : this.#ends[document - 1]!;
  }
}

function larger<Column extends Uint32Array | Uint8Array>(column: Column, needed: number): Column {
  const length = Math.max(needed, Math.ceil(column.length * 1.5));
  const grown = new (column.constructor as new (length: number) => Column)(length);
  grown.set(column);
  return grown;
}
