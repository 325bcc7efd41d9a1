import process from 'node:process';

/** Where commands write: the only way from this package to a terminal. */
export interface Output {
  /** Characters a line of help may have. */
  readonly width: number;
  /** An answer, to standard output. */
  line(text: string): void;
  /** What went wrong or deserves a look, to standard error. */
  problem(text: string): void;
  /** How far long work is, to standard error: replaces what it said before. Call `line` or `problem` at the end. */
  progress(text: string): void;
}

const eraseLine = '\r\u001b[2K';
/** Milliseconds between two lines of progress where no terminal can replace the one before. */
const logEveryMs = 10_000;
let progressShown = false;
let progressLoggedAt = Number.NEGATIVE_INFINITY;

/** What was said of progress makes room for a lasting line. */
function endProgress(): void {
  if (progressShown) process.stderr.write(eraseLine);
  progressShown = false;
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`${eraseLine}${text}`);
    progressShown = true;
    return;
  }
  const now = performance.now();
  if (now - progressLoggedAt < logEveryMs) return;
  progressLoggedAt = now;
  process.stderr.write(`${text}\n`);
}

/** Writes to the process' own streams. */
export const processOutput: Output = {
  width: Math.min(process.stdout.columns ?? 100, 100),
  line(text) {
    endProgress();
    process.stdout.write(`${text}\n`);
  },
  problem(text) {
    endProgress();
    process.stderr.write(`${text}\n`);
  },
  progress: showProgress,
};

/** Text of a memory without control characters: stored text must not steer the reader's terminal. */
export const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (c) => (c === '\n' || c === '\u200d' ? c : ' '));

/** An answer for programs. */
export const asJson = (value: unknown): string => JSON.stringify(value, undefined, 2);
