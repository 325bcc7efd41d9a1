import type { ProbeAnswer } from './calls.js';

/** What the probe found out. */
export interface IsolationReport {
  readonly operations: number;
  readonly checks: number;
  readonly answersSearched: number;
  /** One line for each thing that should not be; empty is proof. */
  readonly findings: readonly string[];
}

/** Counts checks and collects what failed. */
export class Tally {
  readonly findings: string[] = [];
  checks = 0;
  answersSearched = 0;
  readonly #canaries: readonly string[];

  constructor(canaries: readonly string[]) {
    this.#canaries = canaries;
  }

  /** One check: `finding` says what it means when it is false. */
  check(good: boolean, finding: () => string): void {
    this.checks += 1;
    if (!good) this.findings.push(finding());
  }

  /** Searches an answer that somebody else got for the canaries; those he sent himself do not count. */
  search(who: string, answer: ProbeAnswer, sent = ''): void {
    this.answersSearched += 1;
    const leaked = this.#canaries.find(
      (canary) => answer.everything.includes(canary) && !sent.includes(canary),
    );
    this.check(leaked === undefined, () => `LEAK to ${who}: an answer holds ${leaked}`);
  }
}
