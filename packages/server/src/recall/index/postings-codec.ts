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

/** Where to end a list that begins at `from`, so that `writePostings` takes at most `bytes`. */
export function postingsWithin(list: PostingList, from: number, bytes: number): number {
  let room = bytes - varintBytes(list.ordinals.length);
  let before = -1;
  for (let index = from; index < list.ordinals.length; index++) {
    const ordinal = list.ordinals[index]!;
    room -= varintBytes((ordinal - before - 1) * 2 + 1) + (list.frequencies[index]! > 1 ? 1 : 0);
    if (room < 0) return index;
    before = ordinal;
  }
  return list.ordinals.length;
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
