/** What decides whether and what to merge. */
export interface MergePolicy {
  /** Recent documents from which on they become a segment. */
  readonly recentDocuments: number;
  /** Segments of one size class that become one of the next; a posting is rewritten log(documents) to this base. */
  readonly fanout: number;
  /** Share of dead documents from which on a segment is written anew without them. */
  readonly deadShare: number;
  /** Dead documents below which a rewrite is not worth its while, however small the segment. */
  readonly deadDocuments: number;
  /** Document numbers that one merge takes from the recent ones at most: they are held in memory. */
  readonly recentAtOnce: number;
  /** Bytes of their entries at most, because a memory may have ten thousand terms. */
  readonly recentBytes: number;
  /** Bytes of the memories without an entry that one merge analyses at most. */
  readonly unindexedBytes: number;
}

/** By measurement; the ADR of the lexical index has the table. */
export const defaultMergePolicy: MergePolicy = {
  recentDocuments: 512,
  fanout: 4,
  deadShare: 0.25,
  deadDocuments: 64,
  recentAtOnce: 4_096,
  recentBytes: 8 * 1024 * 1024,
  unindexedBytes: 2 * 1024 * 1024,
};

/** How many documents a segment holds and how many of those died since. */
export interface SegmentSize {
  readonly documents: number;
  readonly dead: number;
  /** Whether one of those must not stay in it, however few they are. */
  readonly mustGo?: boolean;
}

/** What to merge into one segment: segments from `from` up to `to`, then the recent documents or not. */
export interface MergeChoice {
  readonly from: number;
  readonly to: number;
  readonly recent: boolean;
}

/**
 * Chooses the next merge, or none. Recent documents go first. They take along the youngest segments whenever those
 * are too many of a size class, through all classes at once, so that nothing is written twice in a row.
 *
 * @param segments oldest first
 * @param recent document numbers not in a segment, dead ones included: they hold rows until merged
 * @param flush takes recent documents however few they are
 */
export function chooseMerge(
  policy: MergePolicy,
  segments: readonly SegmentSize[],
  recent: number,
  flush = false,
): MergeChoice | undefined {
  if (recent >= (flush ? 1 : policy.recentDocuments)) {
    const from = firstToTakeAlong(policy, segments, Math.min(recent, policy.recentAtOnce));
    return { from, to: segments.length, recent: true };
  }
  const worn = segments.findIndex(
    ({ documents, dead, mustGo = false }) =>
      mustGo || dead >= Math.max(policy.deadDocuments, documents * policy.deadShare),
  );
  return worn < 0 ? undefined : { from: worn, to: worn + 1, recent: false };
}

function firstToTakeAlong(
  policy: MergePolicy,
  segments: readonly SegmentSize[],
  recent: number,
): number {
  const live = segments.map(({ documents, dead }) => documents - dead);
  let first = segments.length;
  let documents = recent;
  for (;;) {
    const level = sizeClass(policy, documents);
    let run = first;
    while (run > 0 && sizeClass(policy, live[run - 1]!) <= level) run--;
    if (first - run + 1 < policy.fanout) return first;
    for (; first > run; first--) documents += live[first - 1]!;
  }
}

/** 0 up to `fanout` times a flush, 1 up to `fanout`² times, and so on. */
function sizeClass({ recentDocuments, fanout }: MergePolicy, documents: number): number {
  let level = 0;
  for (let bound = recentDocuments * fanout; documents >= bound; bound *= fanout) level++;
  return level;
}
