import type { DocumentColumns } from './document-columns.js';
import type { RecentTerms } from './recent-terms.js';
import type { Segment } from './segment.js';

/** A segment and where its documents lie among those of a state. */
export interface PlacedSegment {
  readonly segment: Segment;
  /** Ordinal of its first document; its last is `base + segment.facts.documents - 1`. */
  readonly base: number;
}

/**
 * A tenant's lexical index as one database snapshot has it, without the term blocks of its segments, which are read
 * when asked for. A state never changes: the next one is made from it and shares what it can, so that a recall that
 * began before another one saw a change still ranks what its own snapshot has.
 *
 * Documents are addressed by ordinal: segments first, in the order of their documents, then the recent ones. Dead
 * documents keep their ordinals until a merge leaves them out, so that memory grows with what is stored, not with
 * the document numbers that were ever used.
 */
export interface IndexState {
  readonly version: number;
  readonly generation: number;
  /** Document number that the next memory takes. */
  readonly nextDoc: number;
  /** Memories the tenant has. More than `documents` when some were never indexed. */
  readonly memories: number;
  readonly segments: readonly PlacedSegment[];
  /** Shared: only the first `count` documents are this state's. */
  readonly columns: DocumentColumns;
  readonly count: number;
  /** Terms of the documents from ordinal `recentBase` on. Shared in the same way. */
  readonly recents: RecentTerms;
  readonly recentBase: number;
  /** 1 by ordinal for what is neither forgotten nor renumbered. */
  readonly live: Uint8Array;
  /** Live documents, and the sum of their lengths. */
  readonly documents: number;
  readonly totalLength: number;
  /** Sum of live lengths by session ordinal. */
  readonly sessionLengths: Uint32Array;
  /** Live documents by speaker ordinal. */
  readonly speakerDocuments: Uint32Array;
}

/** Estimate of the memory that a state takes. */
export function stateBytes(state: IndexState): number {
  const blocks = state.segments.reduce((sum, { segment }) => sum + segment.bytes + 500, 0);
  const tallies = 4 * (state.sessionLengths.length + state.speakerDocuments.length);
  return (
    2_000 + blocks + tallies + state.columns.bytes + state.recents.bytes + state.live.byteLength
  );
}
