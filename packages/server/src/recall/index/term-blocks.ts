import { ownBlock, sharedBlock, sharedNumber } from './block-address.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import {
  frequenciesApart,
  longPostingsCount,
  type PostingBuffer,
  type PostingList,
  readLongPostings,
  readPostings,
  writeLongPostings,
  writePostings,
} from './postings-codec.js';

/** One stored row's worth: PLAIN storage holds at most what fits a page. */
export const maxPartBytes = 8_000;
/** Terms whose postings take more than this get blocks of their own, so that rare terms stay cheap to read. */
const ownTermBytes = 1_000;
/** Bytes of postings in a part of a term's own; with the term before them it fits `maxPartBytes`. */
const ownPartBytes = 7_700;
/** Mean size of a shared block. Small enough to read for one term, large enough that rows cost little beside it. */
const sharedBlockBytes = 2_500;

/** How many shared blocks to divide about this many bytes of terms into. */
export const sharedBlocksFor = (bytes: number): number =>
  Math.max(1, Math.round(bytes / sharedBlockBytes));

/** A part of a block as it is stored; `offset` is within the segment. */
export interface BlockPart {
  readonly offset: number;
  readonly part: number;
  readonly data: Uint8Array;
}

/** A term of a segment under construction. Its arrays may be used again when it was written. */
export interface TermPostings {
  readonly hash: number;
  /** UTF-8. */
  readonly term: Uint8Array;
  readonly list: PostingList;
}

/**
 * Cuts a segment's terms into block parts. Terms come by hash, then by bytes.
 *
 * A shared part is a row of: low byte of the hash · bytes of the rest · length of the term · term · postings.
 * An own part is: length of the term · term · postings; terms with equal addresses are told apart by it.
 */
export class TermBlockWriter {
  readonly #emit: (part: BlockPart) => void;
  readonly #sharedBlocks: number;
  readonly #postings = new ByteWriter(4_096);
  readonly #shared = new ByteWriter(maxPartBytes);
  #number = 0;
  #sharedPart = 0;
  #ownOffset = -1;
  #ownPart = 0;
  /** Hashes of the terms so far that got blocks of their own, ascending. */
  readonly ownHashes: number[] = [];
  /** Bytes of the shared parts so far. */
  sharedBytes = 0;

  constructor(sharedBlocks: number, emit: (part: BlockPart) => void) {
    this.#sharedBlocks = sharedBlocks;
    this.#emit = emit;
  }

  /** Adds a term that has postings; answers where it went. */
  add(term: TermPostings): 'own' | 'shared' {
    writePostings(this.#postings, term.list);
    const postings = this.#postings.take();
    if (postings.length > ownTermBytes) {
      this.#addOwn(term);
      return 'own';
    }
    this.#addShared(term.hash, term.term, postings);
    return 'shared';
  }

  end(): void {
    this.#endSharedPart();
  }

  #addShared(hash: number, term: Uint8Array, postings: Uint8Array): void {
    const number = sharedNumber(hash, this.#sharedBlocks);
    if (number !== this.#number) {
      this.#endSharedPart();
      this.#number = number;
      this.#sharedPart = 0;
    }
    if (this.#shared.length + term.length + postings.length + 8 > maxPartBytes)
      this.#endSharedPart();
    this.#shared.byte(hash & 255);
    this.#shared.varint(term.length + 1 + postings.length);
    // At most 64 UTF-16 units, which are 192 bytes.
    this.#shared.byte(term.length);
    this.#shared.raw(term);
    this.#shared.raw(postings);
  }

  #endSharedPart(): void {
    if (this.#shared.length === 0) return;
    this.sharedBytes += this.#shared.length;
    const offset = sharedBlock(this.#number);
    this.#emit({ offset, part: this.#sharedPart++, data: this.#shared.take() });
  }

  #addOwn({ hash, term, list }: TermPostings): void {
    this.ownHashes.push(hash);
    const offset = ownBlock(hash);
    if (offset !== this.#ownOffset) this.#ownPart = 0;
    this.#ownOffset = offset;
    const apart = frequenciesApart(list);
    for (let from = 0; from < list.ordinals.length; ) {
      this.#postings.block(term);
      from = writeLongPostings(this.#postings, list, from, ownPartBytes, apart);
      this.#emit({ offset, part: this.#ownPart++, data: this.#postings.take() });
    }
  }
}

/** Adds a term's postings in a shared part to the buffer; false when the term is not in it. */
export function readShared(
  part: Uint8Array,
  hash: number,
  term: Uint8Array,
  into: PostingBuffer,
  base: number,
): boolean {
  const fingerprint = hash & 255;
  // A block has a hundred terms that are passed over: no calls.
  let position = 0;
  while (position < part.length) {
    const found = part[position++]!;
    let length = part[position++]!;
    // Two bytes say any length within a part.
    if (length > 127) length = (length & 127) + part[position++]! * 128;
    if (found === fingerprint && isTermAt(part, position, term)) {
      const reader = new ByteReader(part);
      reader.position = position + 1 + term.length;
      readPostings(reader, into, base);
      return true;
    }
    position += length;
  }
  if (position !== part.length) throw new RangeError('an index block ends too early');
  return false;
}

/** Adds a term's postings in its own parts to the buffer; parts of other terms are passed over. */
export function readOwn(
  parts: readonly Uint8Array[],
  term: Uint8Array,
  into: PostingBuffer,
  base: number,
): void {
  const readers = ownReaders(parts, term);
  into.reserve(countLong(readers));
  for (const reader of readers) readLongPostings(reader, into, base);
}

/** How many postings a term has in its own parts. */
export const countOwn = (parts: readonly Uint8Array[], term: Uint8Array): number =>
  countLong(ownReaders(parts, term));

const ownReaders = (parts: readonly Uint8Array[], term: Uint8Array): ByteReader[] =>
  parts
    .map((part) => new ByteReader(part))
    .filter((reader) => Buffer.compare(reader.block(), term) === 0);

const countLong = (readers: readonly ByteReader[]): number =>
  readers.reduce((sum, reader) => sum + longPostingsCount(reader), 0);

function isTermAt(bytes: Uint8Array, position: number, term: Uint8Array): boolean {
  if (bytes[position] !== term.length) return false;
  for (let index = 0; index < term.length; index++)
    if (bytes[position + 1 + index] !== term[index]) return false;
  return true;
}

/** A term, UTF-8 from `start` to `end` of some bytes, and a reader that stands at its (long) postings. */
export type VisitTerm = (
  bytes: Uint8Array,
  start: number,
  end: number,
  postings: ByteReader,
) => void;

/** Calls `visit` with every term of a shared part. */
export function eachSharedTerm(part: Uint8Array, visit: VisitTerm): void {
  const reader = new ByteReader(part);
  while (!reader.done) {
    reader.byte();
    const next = reader.varint() + reader.position;
    const length = reader.byte();
    const start = reader.position;
    reader.skip(length);
    visit(part, start, start + length, reader);
    reader.position = next;
  }
}

/** Calls `visit` with the term of an own part. */
export function visitOwnTerm(part: Uint8Array, visit: VisitTerm): void {
  const reader = new ByteReader(part);
  const length = reader.varint();
  const start = reader.position;
  reader.skip(length);
  visit(part, start, start + length, reader);
}
