import { ownBlock } from './block-address.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import {
  decodeDocuments,
  decodeStoredDays,
  encodeDocuments,
  encodeStoredDays,
} from './document-codec.js';
import type { DocumentColumns } from './document-columns.js';

/** Encodes what is read of a segment before any term: its documents, and which terms have blocks of their own. */
export function encodeHead(columns: DocumentColumns, ownHashes: readonly number[]): Uint8Array {
  const writer = new ByteWriter(1_024);
  writer.raw(encodeDocuments(columns));
  writer.varint(ownHashes.length);
  let before = 0;
  for (const hash of ownHashes) {
    writer.varint(ownBlock(hash) - before);
    before = ownBlock(hash);
  }
  encodeStoredDays(columns, writer);
  return writer.take();
}

/** Appends a segment's documents to the columns; answers the offsets of its own blocks. */
export function decodeHead(head: Uint8Array, into: DocumentColumns): ReadonlySet<number> {
  const reader = new ByteReader(head);
  const from = into.count;
  decodeDocuments(reader, into);
  const own = new Set<number>();
  let before = 0;
  for (let left = reader.varint(); left > 0; left--) {
    before += reader.varint();
    own.add(before);
  }
  decodeStoredDays(reader, from, into);
  return own;
}
