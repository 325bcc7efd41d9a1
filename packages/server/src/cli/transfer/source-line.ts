/** A memory line of a file, and where it stood. */
export interface SourceLine {
  /** In words, for messages: `line 17`. */
  readonly place: string;
  readonly text: string;
}
