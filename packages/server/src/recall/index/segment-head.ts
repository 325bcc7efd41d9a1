import { ownBlock } from './block-address.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { decodeDocuments, encodeDocuments } from './document-codec.js';
import type { DocumentColumns } from './document-columns.js';
import type { Segment } from './segment.js';

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
  return writer.take();
}

/** Appends a segment's documents to the columns and tells the segment about its own blocks. */
export function decodeHead(head: Uint8Array, into: DocumentColumns, segment: Segment): void {
  const reader = new ByteReader(head);
  decodeDocuments(reader, into);
  const own = new Set<number>();
  let before = 0;
  for (let left = reader.varint(); left > 0; left--) {
    before += reader.varint();
    own.add(before);
  }
  segment.knowOwn(own);
}
