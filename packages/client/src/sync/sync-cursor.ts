/** What a reader of the feed may take from a cursor. He makes none himself. */
export interface FeedPlace {
  /** Number of the last change that the cursor has behind it. */
  readonly seq: number;
  /** Whether a snapshot goes on after it. */
  readonly unfinished: boolean;
}

/** `epoch.seq.chain`, and `~` with a place while a snapshot is being read. */
const pattern = /^[^.~]*\.(\d{1,15})\.[^~]*(~)?/;

/** Where a cursor of the server stands. A cursor of another shape counts as the beginning: the server judges it. */
export function placeOf(cursor: string): FeedPlace {
  const [, seq = '0', mark] = pattern.exec(cursor) ?? [];
  return { seq: Number(seq), unfinished: mark !== undefined };
}
