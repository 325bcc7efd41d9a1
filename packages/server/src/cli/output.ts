import process from 'node:process';

/** Where commands write: the only way from this package to a terminal. */
export interface Output {
  /** Characters a line of help may have. */
  readonly width: number;
  /** An answer, to standard output. */
  line(text: string): void;
  /** What went wrong or deserves a look, to standard error. */
  problem(text: string): void;
}

/** Writes to the process' own streams. */
export const processOutput: Output = {
  width: Math.min(process.stdout.columns ?? 100, 100),
  line: (text) => process.stdout.write(`${text}\n`),
  problem: (text) => process.stderr.write(`${text}\n`),
};

/** Text of a memory without control characters: stored text must not steer the reader's terminal. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (c) => (c === '\n' || c === '\u200d' ? c : ' '));

/** An answer for programs. */
export const asJson = (value: unknown): string => JSON.stringify(value, undefined, 2);
