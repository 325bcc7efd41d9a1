import { PostingBuffer } from './postings-codec.js';
import type { TermPostings } from './term-blocks.js';
import { compareTerms } from './term-hash.js';

interface Group {
  readonly hash: number;
  readonly term: Uint8Array;
  readonly postings: PostingBuffer;
}

/** Gathers postings of many documents or segments by term. */
export class TermGroups {
  readonly #groups = new Map<string, Group>();

  /** Where to put postings of this term; they must come in ascending order. */
  of(hash: number, term: Uint8Array): PostingBuffer {
    // One byte a character: a key that is cheap to make, not the term's text.
    const key = Buffer.from(term.buffer, term.byteOffset, term.length).toString('latin1');
    const known = this.#groups.get(key);
    if (known !== undefined) return known.postings;
    const group = { hash, term, postings: new PostingBuffer(8) };
    this.#groups.set(key, group);
    return group.postings;
  }

  /** The terms that have postings, in the order of segments. */
  sorted(): TermPostings[] {
    return [...this.#groups.values()]
      .filter((group) => group.postings.length > 0)
      .sort(compareTerms)
      .map(({ hash, term, postings }) => ({ hash, term, list: postings.take() }));
  }
}
