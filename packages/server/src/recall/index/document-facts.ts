/** What the index keeps of a document beside its terms. */
export interface DocumentFacts {
  /** Terms in all, repeats counted. */
  readonly length: number;
  /** Bits that text analysis gave it. */
  readonly flags: number;
  /** UTC day number, or `noDay`. */
  readonly day: number;
  /** UTC day when it was stored, of one that does not say when it happened; absent when not known either. */
  readonly storedDay?: number | undefined;
  /** Key of its session's name, or `noSession`. */
  readonly session: number;
  readonly speaker: string | undefined;
}

/** `session` of a document without one. */
export const noSession = -1;
