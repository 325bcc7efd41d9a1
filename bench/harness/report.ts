import { cpus, totalmem } from 'node:os';
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

/** A figure held against what was promised; the process fails at the end when one is missed. */
export function verdict(name: string, good: boolean, figure: string): void {
  if (!good) process.exitCode = 1;
  line(`  ${good ? 'met   ' : 'MISSED'} ${name}: ${figure}`);
}

/** Prints a line. */
export const line = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** A number with so many digits behind the point. */
export const rounded = (value: number, digits: number): string => value.toFixed(digits);
