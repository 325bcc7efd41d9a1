import { noDay, none } from '../index-view.js';
import { type DocumentFacts, noSession } from './document-facts.js';

/** What no document has as its session. */
const unknownSession = -2;

/** Bytes that a document costs in the columns. */
const columnBytes = 24;

/**
 * Facts of documents as dense arrays by ordinal. Only ever appended to, so that several states of an index can share
 * one: each knows how many of the documents are its own.
 */
export class DocumentColumns {
  count = 0;
  /** Document numbers, ascending. */
  docs: Uint32Array;
  lengths: Uint16Array;
  flags: Uint16Array;
  days: Int32Array;
  /** Days when they happened or, of those that do not say it, when they were stored; `noDay` when neither is known. */
  moments: Int32Array;
  /** Ordinals into `sessionKeys`, or `none`. */
  sessions: Int32Array;
  /** Ordinals into `speakerNames`, or `none`. */
  speakers: Int32Array;
  readonly sessionKeys: number[] = [];
  readonly speakerNames: string[] = [];
  readonly #sessionOrdinals = new Map<number, number>();
  readonly #speakerOrdinals = new Map<string, number>();

  constructor(capacity: number) {
    this.docs = new Uint32Array(capacity);
    this.lengths = new Uint16Array(capacity);
    this.flags = new Uint16Array(capacity);
    this.days = new Int32Array(capacity);
    this.moments = new Int32Array(capacity);
    this.sessions = new Int32Array(capacity);
    this.speakers = new Int32Array(capacity);
  }

  /** Estimate of the memory it takes. */
  get bytes(): number {
    const names = this.speakerNames.length * 120;
    return this.docs.length * columnBytes + this.sessionKeys.length * 48 + names;
  }

  append(doc: number, facts: DocumentFacts): void {
    this.reserve(1);
    const ordinal = this.count++;
    this.docs[ordinal] = doc;
    this.lengths[ordinal] = facts.length;
    this.flags[ordinal] = facts.flags;
    this.days[ordinal] = facts.day;
    this.moments[ordinal] = facts.day === noDay ? (facts.storedDay ?? noDay) : facts.day;
    this.sessions[ordinal] = facts.session === noSession ? none : this.sessionOf(facts.session);
    this.speakers[ordinal] = facts.speaker === undefined ? none : this.speakerOf(facts.speaker);
  }

  /** Appends documents of other columns: those from `from` to `to` that `keep` does not leave out. */
  appendFrom(
    other: DocumentColumns,
    from: number,
    to: number,
    keep?: (ordinal: number) => boolean,
  ): void {
    this.reserve(to - from);
    const sessions = new Int32Array(other.sessionKeys.length).fill(none);
    const speakers = new Int32Array(other.speakerNames.length).fill(none);
    for (let ordinal = from; ordinal < to; ordinal++) {
      if (keep !== undefined && !keep(ordinal)) continue;
      const at = this.count++;
      this.docs[at] = other.docs[ordinal]!;
      this.lengths[at] = other.lengths[ordinal]!;
      this.flags[at] = other.flags[ordinal]!;
      this.days[at] = other.days[ordinal]!;
      this.moments[at] = other.moments[ordinal]!;
      const session = other.sessions[ordinal]!;
      if (session >= 0 && sessions[session] === none)
        sessions[session] = this.sessionOf(other.sessionKeys[session]!);
      this.sessions[at] = session < 0 ? none : sessions[session]!;
      const speaker = other.speakers[ordinal]!;
      if (speaker >= 0 && speakers[speaker] === none)
        speakers[speaker] = this.speakerOf(other.speakerNames[speaker]!);
      this.speakers[at] = speaker < 0 ? none : speakers[speaker]!;
    }
  }

  /** Ordinal of a document number among the first `count`, or -1. */
  ordinalOf(doc: number, count: number): number {
    let low = 0;
    let high = count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.docs[middle]!;
      if (found === doc) return middle;
      if (found < doc) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Ordinal of a session by its key; {@link unknownSession} when no document has it. */
  sessionOrdinal(key: number): number {
    return this.#sessionOrdinals.get(key) ?? unknownSession;
  }

  /** Ordinal of a session by its key, a new one when there is none yet. */
  sessionOf(key: number): number {
    const known = this.#sessionOrdinals.get(key);
    if (known !== undefined) return known;
    this.#sessionOrdinals.set(key, this.sessionKeys.length);
    return this.sessionKeys.push(key) - 1;
  }

  /** Ordinal of a speaker by name. */
  speakerOf(name: string): number {
    const known = this.#speakerOrdinals.get(name);
    if (known !== undefined) return known;
    this.#speakerOrdinals.set(name, this.speakerNames.length);
    return this.speakerNames.push(name) - 1;
  }

  /** Makes room for this many more documents. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.docs.length) return;
    const capacity = Math.max(needed, Math.ceil(this.docs.length * 1.5));
    this.docs = withCapacity(this.docs, capacity);
    this.lengths = withCapacity(this.lengths, capacity);
    this.flags = withCapacity(this.flags, capacity);
    this.days = withCapacity(this.days, capacity);
    this.moments = withCapacity(this.moments, capacity);
    this.sessions = withCapacity(this.sessions, capacity);
    this.speakers = withCapacity(this.speakers, capacity);
  }
}

/** A copy with room for more. */
export function withCapacity<Column extends Uint32Array | Uint16Array | Uint8Array | Int32Array>(
  column: Column,
  capacity: number,
): Column {
  const larger = new (column.constructor as new (length: number) => Column)(capacity);
  larger.set(column.subarray(0, capacity));
  return larger;
}
