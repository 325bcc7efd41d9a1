import type { RecentRow } from '../../storage/statements/index-recent.js';
import type { IndexHead } from '../../storage/statements/index-states.js';
import { DocumentColumns, withCapacity } from './document-columns.js';
import { decodeEntry } from './entry-codec.js';
import type { IndexState, PlacedSegment } from './index-state.js';
import { RecentTerms } from './recent-terms.js';
import type { Segment } from './segment.js';
import { decodeHead } from './segment-head.js';

/** What a snapshot has that a known state has not. */
export interface IndexChange {
  readonly head: IndexHead;
  /** The segments of the snapshot, ascending by document; `undefined` when they are the known state's. */
  readonly segments: readonly Segment[] | undefined;
  /** Heads of those segments that the known state does not have, by number. */
  readonly heads: ReadonlyMap<number, Uint8Array>;
  /** Recent documents from the known state's `nextDoc` on; all of them when segments changed. */
  readonly recent: readonly RecentRow[];
  /** Documents that died since the known state's version; all of them when segments changed. */
  readonly dead: Uint32Array;
}

/** The state of a snapshot. */
export function nextState(known: IndexState | undefined, change: IndexChange): IndexState {
  const ground =
    known === undefined || change.segments !== undefined
      ? placeSegments(known, change.segments ?? [], change)
      : continued(known);
  for (const row of change.recent) {
    const entry = decodeEntry(row.entry);
    ground.columns.append(row.doc, entry.facts);
    ground.recents.append(entry);
  }
  const tallies = tallied(ground, change.dead);
  const { version, generation, nextDoc, memories } = change.head;
  const { segments, columns, recents, recentBase } = ground;
  const count = columns.count;
  return {
    version,
    generation,
    nextDoc,
    memories,
    segments,
    columns,
    recents,
    recentBase,
    count,
    ...tallies,
  };
}

/** What a state is built on: everything in it belongs to the new state. */
interface Ground {
  readonly segments: readonly PlacedSegment[];
  readonly columns: DocumentColumns;
  readonly recents: RecentTerms;
  readonly recentBase: number;
  /** The state whose documents are the first ones here, in the same places, if there is one. */
  readonly known: IndexState | undefined;
  /** Whether sessions and speakers have the same ordinals as there, so that its tallies hold. */
  readonly inPlace: boolean;
}

/** Goes on behind the known state's documents, in place when nobody has done so before. */
function continued(known: IndexState): Ground {
  const { segments, recentBase } = known;
  const recents = known.count - recentBase;
  const atEnd = known.columns.count === known.count && known.recents.count === recents;
  if (atEnd)
    return {
      segments,
      columns: known.columns,
      recents: known.recents,
      recentBase,
      known,
      inPlace: true,
    };
  const columns = new DocumentColumns(known.count + 64);
  columns.appendFrom(known.columns, 0, known.count);
  return {
    segments,
    columns,
    recents: known.recents.from(0, recents),
    recentBase,
    known,
    inPlace: false,
  };
}

/** Lays out other segments, taking what the known state has of them. */
function placeSegments(
  known: IndexState | undefined,
  wanted: readonly Segment[],
  change: IndexChange,
): Ground {
  const documents = wanted.reduce((sum, { facts }) => sum + facts.documents, 0);
  const columns = new DocumentColumns(documents + change.recent.length + 64);
  const segments = wanted.map((segment) => {
    const base = columns.count;
    const placed = known?.segments.find((each) => each.segment === segment);
    if (known !== undefined && placed !== undefined)
      columns.appendFrom(known.columns, placed.base, placed.base + segment.facts.documents);
    else segment.knowOwn(decodeHead(change.heads.get(segment.facts.segment)!, columns));
    return { segment, base };
  });
  const recents = new RecentTerms();
  return {
    segments,
    columns,
    recents,
    recentBase: columns.count,
    known: undefined,
    inPlace: false,
  };
}

type Tallies = Pick<
  IndexState,
  'live' | 'documents' | 'totalLength' | 'sessionLengths' | 'speakerDocuments'
>;

/** Counts the documents that came and takes away those that died, on copies of what the state before counted. */
function tallied(ground: Ground, dead: Uint32Array): Tallies {
  const { columns } = ground;
  const before = ground.inPlace ? ground.known : undefined;
  const live = liveFor(ground, dead.length > 0);
  const tally = new Tally(columns, before);
  for (let ordinal = before?.count ?? 0; ordinal < columns.count; ordinal++)
    if (live[ordinal] === 1) tally.add(ordinal, 1);
  for (const doc of dead) {
    const ordinal = columns.ordinalOf(doc, columns.count);
    // A document may have died before its segment was written or its recent entry was read.
    if (ordinal < 0 || live[ordinal] === 0) continue;
    live[ordinal] = 0;
    tally.add(ordinal, -1);
  }
  const { documents, totalLength, sessionLengths, speakerDocuments } = tally;
  return { live, documents, totalLength, sessionLengths, speakerDocuments };
}

/** Who is alive before anybody of this change died: everybody who was, and all that came. */
function liveFor({ columns, known }: Ground, changes: boolean): Uint8Array {
  if (known !== undefined && !changes && known.live.length >= columns.count) return known.live;
  const live = new Uint8Array(columns.docs.length).fill(1);
  if (known !== undefined) live.set(known.live.subarray(0, known.count));
  return live;
}

/** Counts of live documents. */
class Tally {
  documents: number;
  totalLength: number;
  readonly sessionLengths: Uint32Array;
  readonly speakerDocuments: Uint32Array;
  readonly #columns: DocumentColumns;

  constructor(columns: DocumentColumns, before: IndexState | undefined) {
    this.#columns = columns;
    this.documents = before?.documents ?? 0;
    this.totalLength = before?.totalLength ?? 0;
    const { sessionLengths, speakerDocuments } = before ?? nothingCounted;
    this.sessionLengths = withCapacity(sessionLengths, columns.sessionKeys.length);
    this.speakerDocuments = withCapacity(speakerDocuments, columns.speakerNames.length);
  }

  /** Counts a document once more or once less. */
  add(ordinal: number, sign: 1 | -1): void {
    const length = this.#columns.lengths[ordinal]!;
    const session = this.#columns.sessions[ordinal]!;
    const speaker = this.#columns.speakers[ordinal]!;
    this.documents += sign;
    this.totalLength += sign * length;
    if (session >= 0) this.sessionLengths[session]! += sign * length;
    if (speaker >= 0) this.speakerDocuments[speaker]! += sign;
  }
}

const nothingCounted = { sessionLengths: new Uint32Array(0), speakerDocuments: new Uint32Array(0) };
