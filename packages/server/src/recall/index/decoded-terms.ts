import type { PostingList } from './postings-codec.js';

/**
 * Postings of the terms of one segment that were asked for more than once, ready to be copied: decoding takes ten
 * times as long. Nothing is ever put out, because what is common stays so; a merge that writes the segment anew starts
 * again.
 */
export class DecodedTerms {
  readonly #most: number;
  readonly #asked = new Set<string>();
  readonly #lists = new Map<string, PostingList>();
  /** Memory that they take. */
  bytes = 0;

  constructor(mostBytes: number) {
    this.#most = mostBytes;
  }

  get(term: string): PostingList | undefined {
    return this.#lists.get(term);
  }

  /** Whether the postings of a term that is not here should be: from the second time on, while there is room. */
  wants(term: string, postings: number): boolean {
    if (this.bytes + postings * postingBytes + termBytes > this.#most) return false;
    if (this.#asked.has(term)) return true;
    if (this.#asked.size >= mostAsked) this.#asked.clear();
    this.#asked.add(term);
    return false;
  }

  keep(term: string, list: PostingList): void {
    this.#asked.delete(term);
    this.#lists.set(term, list);
    this.bytes += list.ordinals.length * postingBytes + termBytes;
  }
}

const postingBytes = 5;
/** What a term costs beside its postings. */
const termBytes = 400;
/** Terms that are remembered as asked for once. */
const mostAsked = 1_000;
