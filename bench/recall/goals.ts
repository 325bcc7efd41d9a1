import type { Measurement } from '../harness/percentiles.js';
import { line, rounded } from '../harness/report.js';

interface Row {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  readonly met: boolean | undefined;
}

/** What is measured and what was promised, gathered for one table at the end. */
export class Goals {
  readonly #rows: Row[] = [];

  /** A figure that nothing was promised about. */
  note(what: string, figure: string): void {
    this.#add({ what, figure, goal: '', met: undefined });
  }

  /** A figure and the goal that it meets or misses. */
  hold(what: string, figure: string, goal: string, met: boolean): void {
    this.#add({ what, figure, goal, met });
  }

  /** Latencies, in milliseconds. */
  latency(
    what: string,
    run: Measurement,
    { p50, p99 }: { readonly p50: number; readonly p99: number },
  ): void {
    this.hold(
      what,
      latenciesOf(run),
      `p50 ≤ ${p50}, p99 ≤ ${p99} ms`,
      run.operations > 0 && run.failures === 0 && run.p50 <= p50 && run.p99 <= p99,
    );
  }

  /** Goals that were missed. */
  get missed(): number {
    return this.#rows.filter(({ met }) => met === false).length;
  }

  /** All of it, as a Markdown table. */
  print(): void {
    line('\n| what | measured | goal | |\n|---|---|---|---|');
    for (const { what, figure, goal, met } of this.#rows)
      line(`| ${what} | ${figure} | ${goal} | ${verdictOf(met)} |`);
    const held = this.#rows.filter(({ met }) => met !== undefined).length;
    line(`\n${held - this.missed} of ${held} goals met`);
  }

  #add(row: Row): void {
    this.#rows.push(row);
    line(
      `  ${row.what}: ${row.figure}${row.goal === '' ? '' : `   [${row.goal}]`} ${verdictOf(row.met)}`,
    );
  }
}

/** Milliseconds, and how many there were. */
function latenciesOf(run: Measurement): string {
  const failed = run.failures === 0 ? '' : `, ${run.failures} FAILED`;
  return `p50 ${rounded(run.p50, 2)}, p95 ${rounded(run.p95, 2)}, p99 ${rounded(run.p99, 2)} ms (n = ${run.operations}${failed})`;
}

const verdictOf = (met: boolean | undefined): string =>
  met === undefined ? '' : met ? 'met' : 'MISSED';
