import { withCapacity } from './document-columns.js';

/**
 * Terms in a few flat arrays, to be searched for those that look like another: 16 bytes a term and 3 ns each to pass
 * over, where strings and an edit distance for each would cost 80 bytes and a microsecond.
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

  /** Terms that this one may become by up to so many wrong, missing, extra or swapped letters, and others beside. */
  *near(term: string, slips: number): Generator<string> {
    const letters = lettersOf(term);
    for (let index = 0; index < this.count; index++) {
      if (Math.abs(this.#lengths[index]! - term.length) > slips) continue;
      // A slip changes two letters' bits at most.
      if (bits(letters ^ this.#letters[index]!) > 2 * slips) continue;
      yield this.#text(index === 0 ? 0 : this.#ends[index - 1]!, this.#ends[index]!);
    }
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
