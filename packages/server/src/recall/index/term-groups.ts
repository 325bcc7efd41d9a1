import { withCapacity } from './document-columns.js';
import { PostingBuffer } from './postings-codec.js';
import type { TermPostings } from './term-blocks.js';

const none = -1;

/**
 * Gathers postings of many documents or segments by term. A merge makes millions of small groups, so everything lies
 * in a few growing arrays: objects and strings for each group cost a third of a merge in garbage collection alone.
 */
export class TermGroups {
  /** Groups, and postings in all. */
  count = 0;
  #postings = 0;
  /** Group by place of its hash; open addressing, a power of two, at most half full. */
  #places = new Int32Array(1_024).fill(none);
  #hashes = new Uint32Array(512);
  /** Terms one after the other; each ends where the next begins. */
  #bytes = new Uint8Array(4_096);
  #ends = new Uint32Array(512);
  /** First and last posting by group, and the one after each posting. */
  #first = new Int32Array(512);
  #last = new Int32Array(512);
  #next = new Int32Array(1_024);
  #ordinals = new Uint32Array(1_024);
  #frequencies = new Uint8Array(1_024);
  readonly #scratch = new PostingBuffer();

  /** Forgets everything and keeps the memory. */
  clear(): void {
    this.#places.fill(none);
    this.count = 0;
    this.#postings = 0;
  }

  /** The group of the term that these bytes from `start` to `end` are. */
  of(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const mask = this.#places.length - 1;
    let place = hash & mask;
    for (; ; place = (place + 1) & mask) {
      const group = this.#places[place]!;
      if (group === none) break;
      if (this.#hashes[group] === hash && this.#isTerm(group, bytes, start, end)) return group;
    }
    this.#places[place] = this.count;
    return this.#add(hash, bytes, start, end);
  }

  /** Adds a posting to a group; they must come in ascending order. */
  push(group: number, ordinal: number, frequency: number): void {
    const posting = this.#postings++;
    if (posting === this.#next.length) this.#growPostings();
    this.#ordinals[posting] = ordinal;
    this.#frequencies[posting] = frequency;
    this.#next[posting] = none;
    if (this.#first[group] === none) this.#first[group] = posting;
    else this.#next[this.#last[group]!] = posting;
    this.#last[group] = posting;
  }

  /** Adds all postings of a group of others. */
  absorb(others: TermGroups, group: number): void {
    const start = others.#start(group);
    const into = this.of(others.#hashes[group]!, others.#bytes, start, others.#ends[group]!);
    for (let posting = others.#first[group]!; posting !== none; posting = others.#next[posting]!)
      this.push(into, others.#ordinals[posting]!, others.#frequencies[posting]!);
  }

  hashOf(group: number): number {
    return this.#hashes[group]!;
  }

  /** The groups in the order of segments: by hash, then by bytes. */
  sorted(): number[] {
    if (this.count > groupLimit) throw new RangeError('too many distinct terms for one merge');
    // Numbers sort five times faster than by a comparing function; equal hashes are rare.
    const keys = new Float64Array(this.count);
    for (let group = 0; group < this.count; group++)
      keys[group] = this.#hashes[group]! * groupLimit + group;
    keys.sort();
    const groups = Array.from(keys, (key) => key % groupLimit);
    for (let end = 1; end < groups.length; end++)
      for (let at = end; at > 0 && this.#follows(groups[at - 1]!, groups[at]!); at--)
        [groups[at - 1], groups[at]] = [groups[at]!, groups[at - 1]!];
    return groups;
  }

  /** A group's term and postings. The postings are valid until the next call. */
  read(group: number): TermPostings {
    const { hash, term } = { hash: this.#hashes[group]!, term: this.#term(group) };
    this.#scratch.length = 0;
    for (let posting = this.#first[group]!; posting !== none; posting = this.#next[posting]!)
      this.#scratch.push(this.#ordinals[posting]!, this.#frequencies[posting]!);
    const { length, ordinals, frequencies } = this.#scratch;
    const list = {
      ordinals: ordinals.subarray(0, length),
      frequencies: frequencies.subarray(0, length),
    };
    return { hash, term, list };
  }

  /** Estimate of the bytes that the groups take in shared blocks. */
  get sharedBytes(): number {
    const terms = this.count === 0 ? 0 : this.#ends[this.count - 1]!;
    return terms + this.count * 4 + this.#postings * 2;
  }

  #add(hash: number, bytes: Uint8Array, start: number, end: number): number {
    const group = this.count++;
    if (group === this.#hashes.length) this.#growGroups();
    const at = this.#start(group);
    const until = at + end - start;
    if (until > this.#bytes.length) this.#bytes = withCapacity(this.#bytes, until * 2);
    for (let index = start; index < end; index++) this.#bytes[at + index - start] = bytes[index]!;
    this.#hashes[group] = hash;
    this.#ends[group] = until;
    this.#first[group] = none;
    if (this.count * 2 > this.#places.length) this.#rehash();
    return group;
  }

  #isTerm(group: number, bytes: Uint8Array, start: number, end: number): boolean {
    const at = this.#start(group);
    if (this.#ends[group]! - at !== end - start) return false;
    for (let index = start; index < end; index++)
      if (this.#bytes[at + index - start] !== bytes[index]) return false;
    return true;
  }

  #follows(one: number, other: number): boolean {
    return (
      this.#hashes[one] === this.#hashes[other] &&
      Buffer.compare(this.#term(one), this.#term(other)) > 0
    );
  }

  #term(group: number): Uint8Array {
    return this.#bytes.subarray(this.#start(group), this.#ends[group]);
  }

  #start(group: number): number {
    return group === 0 ? 0 : this.#ends[group - 1]!;
  }

  #rehash(): void {
    this.#places = new Int32Array(this.#places.length * 2).fill(none);
    const mask = this.#places.length - 1;
    for (let group = 0; group < this.count; group++) {
      let place = this.#hashes[group]! & mask;
      while (this.#places[place] !== none) place = (place + 1) & mask;
      this.#places[place] = group;
    }
  }

  #growGroups(): void {
    const capacity = this.#hashes.length * 2;
    this.#hashes = withCapacity(this.#hashes, capacity);
    this.#ends = withCapacity(this.#ends, capacity);
    this.#first = withCapacity(this.#first, capacity);
    this.#last = withCapacity(this.#last, capacity);
  }

  #growPostings(): void {
    const capacity = this.#next.length * 2;
    this.#next = withCapacity(this.#next, capacity);
    this.#ordinals = withCapacity(this.#ordinals, capacity);
    this.#frequencies = withCapacity(this.#frequencies, capacity);
  }
}

/** Groups that fit a sort key beside their hash: 2^32 × 2^21 is what a number holds exactly. */
const groupLimit = 2 ** 21;
