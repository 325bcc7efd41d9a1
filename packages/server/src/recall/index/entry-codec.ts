import { type AnalysedDocument, noDay } from '../index-view.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { type DocumentFacts, noSession } from './document-facts.js';
import { sessionKey } from './term-hash.js';

/**
 * An entry of `index_recent`, by itself readable:
 * format · analysis version · flags · length · which of day, session and speaker follow · those · number of terms ·
 * for each term, facets behind the text's own, its frequency (a byte), its length and its UTF-8 bytes · the day when it
 * was stored, four bytes at the very end, where older nodes do not look.
 */
const format = 1;
const hasDay = 1;
const hasSession = 2;
const hasSpeaker = 4;
const hasStoredDay = 8;

/** What an entry holds for filters alone. */
export interface FilterFacts {
  readonly facets: readonly string[];
  /** UTC day; looked at when the document has none of its own. */
  readonly storedDay: number | undefined;
}

const noFacts: FilterFacts = { facets: [], storedDay: undefined };

/** An entry, with the place where its terms begin. */
export interface DecodedEntry {
  readonly facts: DocumentFacts;
  /** Version of the text analysis that made the terms. */
  readonly analysis: number;
  readonly terms: number;
  readonly termsStart: number;
  readonly bytes: Uint8Array;
}

/** Encodes what text analysis made of a memory. */
export function encodeEntry(
  document: AnalysedDocument,
  names: { readonly sessionId: string | null; readonly speaker: string | null },
  analysis: number,
  { facets, storedDay }: FilterFacts = noFacts,
): Uint8Array {
  const writer = new ByteWriter(16 + document.terms.size * 12);
  const day = document.day === noDay ? 0 : hasDay;
  const session = names.sessionId === null ? 0 : hasSession;
  const speaker = names.speaker === null ? 0 : hasSpeaker;
  writer.byte(format);
  writer.varint(analysis);
  writer.varint(document.flags);
  writer.varint(document.length);
  const stored = day || storedDay === undefined ? 0 : hasStoredDay;
  writer.byte(day | session | speaker | stored);
  if (day) writer.signed(document.day);
  if (names.sessionId !== null) writer.varint(sessionKey(names.sessionId));
  if (names.speaker !== null) writer.text(names.speaker);
  writer.varint(document.terms.size + facets.length);
  for (const [term, frequency] of document.terms) {
    writer.byte(frequency);
    writer.text(term);
  }
  for (const facet of facets) {
    writer.byte(1);
    writer.text(facet);
  }
  if (stored) for (const shift of [24, 16, 8, 0]) writer.byte((storedDay! >> shift) & 255);
  return writer.take();
}

/** Reads an entry's facts and finds its terms. */
export function decodeEntry(bytes: Uint8Array): DecodedEntry {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== format) throw new RangeError('an index entry has an unknown format');
  const analysis = reader.varint();
  const flags = reader.varint();
  const length = reader.varint();
  const has = reader.byte();
  const day = has & hasDay ? reader.signed() : noDay;
  const session = has & hasSession ? reader.varint() : noSession;
  const speaker = has & hasSpeaker ? reader.text() : undefined;
  const terms = reader.varint();
  const storedDay = has & hasStoredDay ? lastInteger(bytes) : undefined;
  const facts = { length, flags, day, storedDay, session, speaker };
  return { facts, analysis, terms, termsStart: reader.position, bytes };
}

const lastInteger = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getInt32(0);

/** Calls `visit` with each term of an entry, UTF-8 from `start` to `end` of its bytes, and its frequency. */
export function eachTerm(
  entry: DecodedEntry,
  visit: (bytes: Uint8Array, start: number, end: number, frequency: number) => void,
): void {
  const reader = new ByteReader(entry.bytes);
  reader.position = entry.termsStart;
  for (let index = 0; index < entry.terms; index++) {
    const frequency = reader.byte();
    const length = reader.varint();
    const start = reader.position;
    reader.skip(length);
    visit(entry.bytes, start, reader.position, frequency);
  }
}
