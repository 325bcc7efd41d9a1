import { analyseDocument, type DocumentSource } from '../../src/recall/analysis/document.js';
import { speakerKeys } from '../../src/recall/analysis/names.js';
import {
  type AnalysedDocument,
  type IndexView,
  none,
  noPostings,
  type Postings,
} from '../../src/recall/index-view.js';

/** A document as the index gets it. */
export interface TestDocument extends Partial<DocumentSource> {
  readonly content: string;
  readonly session?: string | null;
}

/** A lexical index in memory, simple and obviously right: every figure is counted anew from the live documents. */
export class MemoryIndex {
  readonly #documents: { source: TestDocument; analysed: AnalysedDocument; live: boolean }[] = [];

  constructor(documents: Iterable<TestDocument> = []) {
    for (const document of documents) this.add(document);
  }

  /** Stores a document and returns its number. */
  add(source: TestDocument): number {
    const analysed = analyseDocument({ speaker: null, role: null, occurredAt: null, ...source });
    return this.#documents.push({ source, analysed, live: true }) - 1;
  }

  /** Forgets a document; its number is not given out again. */
  remove(doc: number): void {
    this.#documents[doc]!.live = false;
  }

  /** The index as it is now. */
  view(): IndexView {
    const all = this.#documents;
    const live = all.filter((document) => document.live);
    const sessions = ordinals(all.map(({ source }) => source.session ?? null));
    const speakers = ordinals(all.map(({ source }) => source.speaker ?? null));
    const sum = (list: typeof live): number =>
      list.reduce((total, { analysed }) => total + analysed.length, 0);
    const inSession = (name: string) => live.filter(({ source }) => source.session === name);
    const bySpeaker = (name: string) => live.filter(({ source }) => source.speaker === name);
    const postings = postingsOf(all);
    return {
      head: all.length,
      documents: live.length,
      averageLength: live.length === 0 ? 0 : sum(live) / live.length,
      isLive: (doc) => all[doc]!.live,
      postings: (term) => postings.get(term) ?? noPostings,
      lengths: Uint16Array.from(all, ({ analysed }) => analysed.length),
      flags: Uint16Array.from(all, ({ analysed }) => analysed.flags),
      days: Int32Array.from(all, ({ analysed }) => analysed.day),
      sessions: sessions.column,
      speakers: speakers.column,
      sessionLengths: Uint32Array.from(sessions.names, (name) => sum(inSession(name))),
      speakerDocuments: Uint32Array.from(speakers.names, (name) => bySpeaker(name).length),
      speakersNamed: (key) =>
        speakers.names.flatMap((name, ordinal) =>
          speakerKeys(name).includes(key) ? [ordinal] : [],
        ),
    };
  }
}

/** Numbers names in order of appearance. */
function ordinals(values: readonly (string | null)[]): { names: string[]; column: Int32Array } {
  const names = [...new Set(values.filter((value) => value !== null))];
  const numbers = new Map(names.map((name, ordinal) => [name, ordinal]));
  return {
    names,
    column: Int32Array.from(values, (value) => (value === null ? none : numbers.get(value)!)),
  };
}

function postingsOf(
  documents: readonly { analysed: AnalysedDocument; live: boolean }[],
): Map<string, Postings> {
  const lists = new Map<string, [doc: number, frequency: number][]>();
  for (const [doc, { analysed, live }] of documents.entries()) {
    if (!live) continue;
    for (const [term, frequency] of analysed.terms) {
      const list = lists.get(term);
      if (list === undefined) lists.set(term, [[doc, frequency]]);
      else list.push([doc, frequency]);
    }
  }
  return new Map(
    [...lists].map(([term, list]) => [
      term,
      {
        docs: Uint32Array.from(list, ([doc]) => doc),
        frequencies: Uint8Array.from(list, ([, frequency]) => frequency),
      },
    ]),
  );
}
