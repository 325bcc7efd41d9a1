import type { Output } from './output.js';

/** What a command may use of the process it runs in. */
export interface CliContext {
  /** How this program is called, for hints that can be pasted. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: Output;
  /** Reads all of standard input as text. */
  readonly readInput: () => Promise<string>;
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
}
