import { type IndexView, noPostings, type Postings } from '../index-view.js';
import type { DocumentColumns } from './document-columns.js';
import type { IndexState } from './index-state.js';
import { PostingBuffer } from './postings-codec.js';
import { type QueryTerm, queryTerm } from './recent-terms.js';

/**
 * What a state shows to ranking: the postings of these terms, whose blocks must be there. Ordinals of the state are
 * the view's document numbers; `doc` of a hit is found in `state.columns.docs`.
 *
 * @param buffers empty, one for each term: the postings lie in them, so the view is good as long as they are its own
 */
export function viewOfState(
  state: IndexState,
  terms: readonly QueryTerm[],
  speakerKeys: SpeakerKeys,
  buffers: readonly PostingBuffer[] = terms.map(() => new PostingBuffer()),
): IndexView {
  const postings = collectPostings(state, terms, buffers);
  const { columns, live, documents, totalLength, sessionLengths, speakerDocuments } = state;
  return {
    head: state.count,
    documents,
    averageLength: documents === 0 ? 0 : totalLength / documents,
    isLive: (doc) => live[doc] === 1,
    postings: (term) => {
      const found = postings.get(term);
      if (found === undefined) throw new Error('postings were asked for that were not fetched');
      return found;
    },
    lengths: columns.lengths,
    flags: columns.flags,
    days: columns.days,
    sessions: columns.sessions,
    speakers: columns.speakers,
    sessionLengths,
    speakerDocuments,
    speakersNamed: (key) =>
      (speakersOf(columns, speakerKeys).get(key) ?? nobody).filter(
        // A later state of the same columns may know more speakers.
        (speaker) => speaker < speakerDocuments.length,
      ),
  };
}

/** Keys that a speaker's name is found by. */
export type SpeakerKeys = (name: string) => readonly string[];

const nobody: readonly number[] = [];

/** Speakers of columns by key, and how many of them: columns only grow. */
const speakersByColumns = new WeakMap<
  DocumentColumns,
  { known: number; readonly byKey: Map<string, number[]> }
>();

function speakersOf(
  columns: DocumentColumns,
  speakerKeys: SpeakerKeys,
): ReadonlyMap<string, readonly number[]> {
  const speakers = speakersByColumns.get(columns) ?? {
    known: 0,
    byKey: new Map<string, number[]>(),
  };
  speakersByColumns.set(columns, speakers);
  for (; speakers.known < columns.speakerNames.length; speakers.known++)
    for (const key of speakerKeys(columns.speakerNames[speakers.known]!)) {
      const named = speakers.byKey.get(key);
      if (named === undefined) speakers.byKey.set(key, [speakers.known]);
      else named.push(speakers.known);
    }
  return speakers.byKey;
}

/** Adds the terms' postings, those of the dead too, to a buffer each. */
export function readPostingsOf(
  {
    segments,
    recents,
    recentBase,
    count,
  }: Pick<IndexState, 'segments' | 'recents' | 'recentBase' | 'count'>,
  terms: readonly QueryTerm[],
  buffers: readonly PostingBuffer[],
): void {
  for (const { segment, base } of segments)
    for (const [index, term] of terms.entries()) segment.postings(term, buffers[index]!, base);
  recents.find(terms, count - recentBase, recentBase, buffers);
}

function collectPostings(
  state: IndexState,
  terms: readonly QueryTerm[],
  buffers: readonly PostingBuffer[],
): Map<string, Postings> {
  readPostingsOf(state, terms, buffers);
  const anyDead = state.documents < state.count;
  return new Map(
    terms.map((term, index) => [
      term.text,
      livePostings(buffers[index]!, anyDead ? state.live : undefined),
    ]),
  );
}

/**
 * How many postings of a term would be read, the dead and all; its blocks must be there. Terms that share a block are
 * rare, and those of recent documents few: they count nothing.
 */
export function mostPostingsOf({ segments }: IndexState, term: string): number {
  const found = queryTerm(term);
  return segments.reduce((sum, { segment }) => sum + segment.ownPostings(found), 0);
}

/** Leaves out the dead, in place. */
function livePostings(buffer: PostingBuffer, live: Uint8Array | undefined): Postings {
  const { ordinals, frequencies } = buffer;
  let length = buffer.length;
  if (live !== undefined) {
    length = 0;
    for (let index = 0; index < buffer.length; index++) {
      const ordinal = ordinals[index]!;
      if (live[ordinal] === 0) continue;
      ordinals[length] = ordinal;
      frequencies[length++] = frequencies[index]!;
    }
  }
  if (length === 0) return noPostings;
  return { docs: ordinals.subarray(0, length), frequencies: frequencies.subarray(0, length) };
}
