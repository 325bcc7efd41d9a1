import { noDay, none } from '../index-view.js';
import type { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import type { DocumentColumns } from './document-columns.js';

/**
 * A segment's documents, one after the other: distance of the number, length, flags, day, session, speaker.
 * Sessions and speakers are written where they first occur and referred to by ordinal afterwards; turns of a
 * conversation follow each other, so that most fields are one byte (6–7 bytes a document). When those were stored that
 * do not say when they happened stands apart, a byte each, where older nodes do not look.
 */
const nothing = 0;
const firstSeen = 1;
const referredTo = 2;

/** Encodes all documents of the columns, which must number sessions and speakers in the order of their first use. */
export function encodeDocuments(columns: DocumentColumns): Uint8Array {
  const writer = new ByteWriter(64 + columns.count * 8);
  writer.varint(columns.count);
  let sessions = 0;
  let speakers = 0;
  let doc = -1;
  let day = 0;
  for (let ordinal = 0; ordinal < columns.count; ordinal++) {
    writer.varint(columns.docs[ordinal]! - doc - 1);
    doc = columns.docs[ordinal]!;
    writer.varint(columns.lengths[ordinal]!);
    writer.varint(columns.flags[ordinal]!);
    day = writeDay(writer, columns.days[ordinal]!, day);
    const session = columns.sessions[ordinal]!;
    if (writeReference(writer, session, sessions)) {
      writer.varint(columns.sessionKeys[session]!);
      sessions++;
    }
    const speaker = columns.speakers[ordinal]!;
    if (writeReference(writer, speaker, speakers)) {
      writer.text(columns.speakerNames[speaker]!);
      speakers++;
    }
  }
  return writer.take();
}

/** Encodes when those were stored that do not say when they happened. */
export function encodeStoredDays(columns: DocumentColumns, writer: ByteWriter): void {
  let day = 0;
  for (let ordinal = 0; ordinal < columns.count; ordinal++)
    if (columns.days[ordinal] === noDay) day = writeDay(writer, columns.moments[ordinal]!, day);
}

/** Takes it over for the documents from an ordinal on, which {@link decodeDocuments} has appended. */
export function decodeStoredDays(reader: ByteReader, from: number, into: DocumentColumns): void {
  // Before it was written at all.
  if (reader.done) return;
  let day = 0;
  for (let ordinal = from; ordinal < into.count; ordinal++) {
    if (into.days[ordinal] !== noDay) continue;
    const coded = reader.varint();
    day = readDay(coded, day);
    if (coded !== 0) into.moments[ordinal] = day;
  }
}

/** Writes a day as its distance to the last known one, which it answers. */
function writeDay(writer: ByteWriter, day: number, before: number): number {
  if (day === noDay) {
    writer.varint(0);
    return before;
  }
  const distance = day - before;
  writer.varint(1 + (distance < 0 ? -2 * distance - 1 : 2 * distance));
  return day;
}

/** The day of that code, 0 for none, or else the one before. */
const readDay = (coded: number, before: number): number =>
  coded === 0 ? before : before + (coded & 1 ? (coded - 1) / 2 : -coded / 2);

/** True when the name itself must follow. */
function writeReference(writer: ByteWriter, ordinal: number, seen: number): boolean {
  writer.varint(ordinal < 0 ? nothing : ordinal === seen ? firstSeen : referredTo + ordinal);
  return ordinal === seen;
}

/** Appends encoded documents to the columns. Straight into the arrays: 500,000 documents at a time are usual. */
export function decodeDocuments(reader: ByteReader, into: DocumentColumns): void {
  const documents = reader.varint();
  into.reserve(documents);
  const end = into.count + documents;
  const sessions: number[] = [];
  const speakers: number[] = [];
  let doc = -1;
  let day = 0;
  for (let ordinal = into.count; ordinal < end; ordinal++) {
    doc += reader.varint() + 1;
    into.docs[ordinal] = doc;
    into.lengths[ordinal] = reader.varint();
    into.flags[ordinal] = reader.varint();
    const coded = reader.varint();
    day = readDay(coded, day);
    into.days[ordinal] = coded === 0 ? noDay : day;
    into.moments[ordinal] = into.days[ordinal]!;
    const session = reader.varint();
    if (session === firstSeen) sessions.push(into.sessionOf(reader.varint()));
    into.sessions[ordinal] = resolve(session, sessions);
    const speaker = reader.varint();
    if (speaker === firstSeen) speakers.push(into.speakerOf(reader.text()));
    into.speakers[ordinal] = resolve(speaker, speakers);
  }
  into.count = end;
}

const resolve = (code: number, seen: readonly number[]): number =>
  code === nothing ? none : seen[code === firstSeen ? seen.length - 1 : code - referredTo]!;
