import { withCapacity } from './document-columns.js';
import { withinSlips } from './slips.js';

/**
 * Terms in a few flat arrays, to be searched for those that look like another: 16 bytes a term and 3 ns each to pass
 * over, where strings and an edit distance for each would cost 80 bytes and 5 µs.
 */
export class Vocabulary {
  count = 0;
  #bytes = new Uint8Array(4_096);
  #ends = new Uint32Array(512);
  /** A bit for each letter that occurs, by its code modulo 32. */
  #letters = new Uint32Array(512);
  /** Length in UTF-16 units. */
  #lengths = new Uint8Array(512);

  /** Memory it takes. */
  get bytes(): number {
    return this.#bytes.length + this.#ends.length * 9;
  }

  /** Adds a term, UTF-8 from `start` to `end` of the bytes; nothing is done about doubles. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const from = this.count === 0 ? 0 : this.#ends[this.count - 1]!;
    const until = from + end - start;
    if (until > this.#bytes.length) this.#bytes = withCapacity(this.#bytes, until * 2);
    if (this.count === this.#ends.length) this.#grow();
    for (let index = start; index < end; index++) this.#bytes[from + index - start] = bytes[index]!;
    const term = this.#text(from, until);
    this.#ends[this.count] = until;
    this.#letters[this.count] = lettersOf(term);
    this.#lengths[this.count++] = term.length;
  }

  /** Terms that this one becomes by at most so many wrong, missing, extra or swapped letters. */
  near(term: string, slips: number): string[] {
    const letters = lettersOf(term);
    const units = Uint16Array.from({ length: term.length }, (_, at) => term.charCodeAt(at));
    const found: string[] = [];
    for (let index = 0; index < this.count; index++) {
      const length = this.#lengths[index]!;
      if (Math.abs(length - term.length) > slips) continue;
      // A slip changes two letters' bits at most.
      if (bits(letters ^ this.#letters[index]!) > 2 * slips) continue;
      const start = index === 0 ? 0 : this.#ends[index - 1]!;
      const other = this.#units(start, this.#ends[index]!, length);
      if (withinSlips(units, term.length, other, length, slips))
        found.push(this.#text(start, this.#ends[index]!));
    }
    return found;
  }

  /** UTF-16 units of a term; those of plain letters are its bytes. */
  #units(start: number, end: number, length: number): ArrayLike<number> {
    if (end - start === length) return this.#bytes.subarray(start, end);
    const text = this.#text(start, end);
    return Array.from({ length }, (_, index) => text.charCodeAt(index));
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.buffer, start, end - start).toString();
  }

  #grow(): void {
    const capacity = this.#ends.length * 2;
    this.#ends = withCapacity(this.#ends, capacity);
    this.#letters = withCapacity(this.#letters, capacity);
    this.#lengths = withCapacity(this.#lengths, capacity);
  }
}

function lettersOf(term: string): number {
  let letters = 0;
  for (let index = 0; index < term.length; index++) letters |= 1 << (term.charCodeAt(index) & 31);
  return letters;
}

function bits(value: number): number {
  let rest = value - ((value >>> 1) & 0x5555_5555);
  rest = (rest & 0x3333_3333) + ((rest >>> 2) & 0x3333_3333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
