import { cpus, totalmem } from 'node:os';
import type { Effort } from './observe.js';
import type { Measurement } from './percentiles.js';

/** One line about the machine, for figures that are quoted elsewhere. */
export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${process.platform}`;

/** Prints a measured run as a row. */
export function row(name: string, run: Measurement): void {
  const failed = run.failures === 0 ? '' : `  FAILED ${run.failures}`;
  line(
    `  ${name.padEnd(44)} ${rounded(run.perSecond, 0).padStart(8)}/s   p50 ${rounded(run.p50, 2).padStart(7)}  p95 ${rounded(run.p95, 2).padStart(7)}  p99 ${rounded(run.p99, 2).padStart(7)} ms  n=${run.operations}${failed}`,
  );
}

/** Prints what the run in the row above took. */
export function effortRow({ server, postgres, others }: Effort): void {
  mostOthers = Math.max(mostOthers, others);
  line(
    `    CPU a request: server ${rounded(server, 3)}, Postgres ${rounded(postgres, 3)} ms; others had ${rounded(others * 100, 0)} % of the machine`,
  );
}

let met = 0;
const missed: string[] = [];
let mostOthers = 0;

/** A figure held against what was promised; the process fails at the end when one is missed. */
export function verdict(name: string, good: boolean, figure: string): void {
  if (good) met += 1;
  else missed.push(`${name}: ${figure}`);
  line(`  ${good ? 'met   ' : 'MISSED'} ${name}: ${figure}`);
}

/** The last lines: what was missed, and how the process ends, which it also sets. */
export function conclude(): void {
  if (missed.length > 0) process.exitCode = 1;
  line(`\n${met} goals met, ${missed.length} missed; exit code ${missed.length > 0 ? 1 : 0}`);
  for (const goal of missed) line(`  MISSED ${goal}`);
  if (mostOthers > busyShare)
    line(`  others had up to ${rounded(mostOthers * 100, 0)} % of the machine: alone it is faster`);
}

/** Above it rates say more about the others. */
const busyShare = 0.1;

/** Prints a line. */
export const line = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** A number with so many digits behind the point. */
export const rounded = (value: number, digits: number): string => value.toFixed(digits);
