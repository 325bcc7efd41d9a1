/** What `index_states` says about a segment. A segment is written once and never changed. */
export interface SegmentFacts {
  readonly segment: number;
  /** Its documents have numbers from here … */
  readonly firstDoc: number;
  /** … to below here. No other segment's documents do. */
  readonly endDoc: number;
  /** Documents it holds, dead ones since its making included. */
  readonly documents: number;
  /** Number of its shared term blocks. */
  readonly sharedBlocks: number;
  /** Terms with blocks of their own. When there are none, nobody looks for them. */
  readonly ownTerms: number;
  /** Whether its list of terms has all of them, or only those that are in no shared block. */
  readonly listsAllTerms: boolean;
  /** Bytes of its shared term blocks. */
  readonly sharedBytes: number;
  /** Bytes of all its blocks. */
  readonly bytes: number;
  /** Least version of text analysis among its entries. */
  readonly analysis: number;
}
