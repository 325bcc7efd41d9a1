/** A line of a file that is imported, and where it stood. */
export interface SourceLine {
  /** In words, for messages: `line 17`. */
  readonly place: string;
  readonly text: string;
}
