import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

/**
 * Postings of one term within a segment: how many, then for each the distance to the one before and whether the term
 * occurs more than once, in one number; the frequency follows as a byte when it does. A common word costs one byte
 * a posting, because its distances are small and it mostly occurs once.
 */
export interface PostingList {
  /** Ordinals within the segment, strictly ascending. */
  readonly ordinals: Uint32Array;
  /** 1–255, parallel. */
  readonly frequencies: Uint8Array;
}

/** Writes the postings from `from` to `to`; they can be read by themselves. */
export function writePostings(
  writer: ByteWriter,
  list: PostingList,
  from = 0,
  to = list.ordinals.length,
): void {
  writer.varint(to - from);
  let before = -1;
  for (let index = from; index < to; index++) {
    const ordinal = list.ordinals[index]!;
    const frequency = list.frequencies[index]!;
    // Distances below 64 fit one byte together with the bit; beyond 2^31 shifting would overflow.
    writer.varint((ordinal - before - 1) * 2 + (frequency > 1 ? 1 : 0));
    if (frequency > 1) writer.byte(frequency);
    before = ordinal;
  }
}

/** Whether the frequencies of a long list should stand apart, a byte each: twice as fast when many are above one. */
export function frequenciesApart({ frequencies }: PostingList): boolean {
  let repeats = 0;
  for (const frequency of frequencies) if (frequency > 1) repeats++;
  return repeats > frequencies.length / 4;
}

/**
 * Writes the postings from `from` as far as they take at most `bytes`; answers where it ended. They can be read by
 * themselves. A byte says whether frequencies stand apart.
 */
export function writeLongPostings(
  writer: ByteWriter,
  list: PostingList,
  from: number,
  bytes: number,
  apart: boolean,
): number {
  const to = longPostingsEnd(list, from, bytes - 6, apart);
  writer.byte(apart ? 1 : 0);
  if (!apart) writePostings(writer, list, from, to);
  else {
    writer.varint(to - from);
    let before = -1;
    for (let index = from; index < to; index++) {
      writer.varint(list.ordinals[index]! - before - 1);
      before = list.ordinals[index]!;
    }
    writer.raw(list.frequencies.subarray(from, to));
  }
  return to;
}

function longPostingsEnd(list: PostingList, from: number, bytes: number, apart: boolean): number {
  let room = bytes;
  let before = -1;
  for (let index = from; index < list.ordinals.length; index++) {
    const ordinal = list.ordinals[index]!;
    const distance = (ordinal - before - 1) * (apart ? 1 : 2);
    room -= varintBytes(distance + 1) + (apart || list.frequencies[index]! > 1 ? 1 : 0);
    if (room < 0) return index;
    before = ordinal;
  }
  return list.ordinals.length;
}

/** How many postings `readLongPostings` will add. */
export function longPostingsCount(reader: ByteReader): number {
  const { position } = reader;
  reader.byte();
  const count = reader.varint();
  reader.position = position;
  return count;
}

/** Reads what `writeLongPostings` wrote into the buffer, adding `base` to every ordinal. */
export function readLongPostings(reader: ByteReader, into: PostingBuffer, base = 0): void {
  if (reader.byte() === 0) {
    readPostings(reader, into, base);
    return;
  }
  const count = reader.varint();
  into.reserve(count);
  const { ordinals, length } = into;
  const { bytes } = reader;
  let { position } = reader;
  let ordinal = base - 1;
  for (let next = length; next < length + count; next++) {
    const first = bytes[position++]!;
    ordinal += (first & 127) + 1;
    if (first > 127) {
      let byte: number;
      let scale = 128;
      do {
        byte = bytes[position++]!;
        ordinal += (byte & 127) * scale;
        scale *= 128;
      } while (byte > 127);
    }
    ordinals[next] = ordinal;
  }
  reader.position = position;
  into.frequencies.set(reader.raw(count), length);
  into.length = length + count;
}

const varintBytes = (value: number): number => {
  let bytes = 1;
  for (let rest = value; rest > 127; rest /= 128) bytes++;
  return bytes;
};

/** Receives decoded postings; grows by doubling. One may serve many terms of a query one after the other. */
export class PostingBuffer {
  ordinals: Uint32Array;
  frequencies: Uint8Array;
  length = 0;

  constructor(capacity = 64) {
    this.ordinals = new Uint32Array(capacity);
    this.frequencies = new Uint8Array(capacity);
  }

  /** Memory it takes. */
  get bytes(): number {
    return this.ordinals.length * 5;
  }

  /** Makes room for this many more. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.ordinals.length) return;
    const capacity = Math.max(needed, this.ordinals.length * 2);
    const ordinals = new Uint32Array(capacity);
    ordinals.set(this.ordinals.subarray(0, this.length));
    this.ordinals = ordinals;
    const frequencies = new Uint8Array(capacity);
    frequencies.set(this.frequencies.subarray(0, this.length));
    this.frequencies = frequencies;
  }

  push(ordinal: number, frequency: number): void {
    this.reserve(1);
    this.ordinals[this.length] = ordinal;
    this.frequencies[this.length++] = frequency;
  }

  /** Adds all postings of a list, `base` added to each ordinal. */
  append({ ordinals, frequencies }: PostingList, base: number): void {
    this.reserve(ordinals.length);
    this.ordinals.set(ordinals, this.length);
    this.frequencies.set(frequencies, this.length);
    const from = this.length;
    this.length += ordinals.length;
    if (base !== 0) for (let at = from; at < this.length; at++) this.ordinals[at]! += base;
  }

  /** A copy of what was received from a position on, with `base` taken from each ordinal. */
  copyFrom(from: number, base: number): PostingList {
    const ordinals = this.ordinals.slice(from, this.length);
    for (let at = 0; at < ordinals.length; at++) ordinals[at]! -= base;
    return { ordinals, frequencies: this.frequencies.slice(from, this.length) };
  }

  /** A copy of what was received; the buffer is empty afterwards and keeps its memory. */
  take(): PostingList {
    const taken = {
      ordinals: this.ordinals.slice(0, this.length),
      frequencies: this.frequencies.slice(0, this.length),
    };
    this.length = 0;
    return taken;
  }
}

/** Reads one list into the buffer, adding `base` to every ordinal. */
export function readPostings(reader: ByteReader, into: PostingBuffer, base = 0): void {
  const count = reader.varint();
  into.reserve(count);
  const { ordinals, frequencies } = into;
  const { bytes } = reader;
  let { position } = reader;
  let next = into.length;
  let ordinal = base - 1;
  for (let index = 0; index < count; index++) {
    // The loop that a common word's cost is made of: no calls, one byte in most turns.
    let value = bytes[position++]!;
    if (value > 127) {
      value &= 127;
      let byte: number;
      let scale = 128;
      do {
        byte = bytes[position++]!;
        value += (byte & 127) * scale;
        scale *= 128;
      } while (byte > 127);
    }
    ordinal += (value >>> 1) + 1;
    ordinals[next] = ordinal;
    frequencies[next++] = value & 1 ? bytes[position++]! : 1;
  }
  if (position > bytes.length) throw new RangeError('an index block ends too early');
  into.length = next;
  reader.position = position;
}
