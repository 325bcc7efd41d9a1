/** Why a value cannot be used, as a sentence that says what to do instead. */
export interface Refused {
  readonly refused: string;
}

/** One option: where it is read from, what it means, what it may be. */
export interface Option<Value> {
  /** Name of the environment variable. */
  readonly env: string;
  /** Flag of `serve`, with its placeholder. Secrets have none: a command line is visible to every process. */
  readonly flag?: string;
  /** One sentence for the reference and for `--help`. */
  readonly about: string;
  /** Taken when neither flag nor variable says anything. */
  readonly fallback: Value;
  /** What the reference says of the default when it is not a plain value. */
  readonly fallbackText?: string;
  /** Never printed, whatever is wrong with it. */
  readonly secret?: true;
  readonly parse: (text: string) => Value | Refused;
}

/** Keeps the value's type of an option in a table of many. */
export const option = <Value>(definition: Option<Value>): Option<Value> => definition;

/** Whether parsing refused the text. */
export const isRefused = (parsed: unknown): parsed is Refused =>
  typeof parsed === 'object' && parsed !== null && 'refused' in parsed;
