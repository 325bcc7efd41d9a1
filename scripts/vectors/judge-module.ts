import { matches } from './matches.js';
import type { Difference, VectorCase, VectorFile, VectorModule } from './vector-module.js';

/** A case and what is to be said about it. */
export interface Remark {
  /** Function, number in the file from 0, and the recording's own note. */
  readonly name: string;
  readonly text: string;
}

/** How our code did on one module. */
export interface ModuleVerdict {
  readonly module: string;
  readonly cases: number;
  readonly agree: number;
  /** Different on purpose, with the reason. */
  readonly different: readonly Remark[];
  /** Different without a reason, or not replayed at all. */
  readonly wrong: readonly Remark[];
}

/** Replays every case of a file; a reason that no case needs any more is wrong too. */
export function judgeModule(
  file: VectorFile,
  { replays, differences = [] }: VectorModule,
): ModuleVerdict {
  const different: Remark[] = [];
  const wrong: Remark[] = [];
  const used = new Set<Difference>();
  for (const [index, vector] of file.cases.entries()) {
    const fault = faultOf(vector, file, replays);
    if (fault === undefined) continue;
    const reason = differences.find(({ covers }) => covers(vector, index));
    if (reason === undefined) wrong.push({ name: nameOf(vector, index), text: fault });
    else different.push({ name: nameOf(vector, index), text: reason.reason });
    if (reason !== undefined) used.add(reason);
  }
  const agree = file.cases.length - different.length - wrong.length;
  for (const stale of differences.filter((difference) => !used.has(difference)))
    wrong.push({ name: 'a difference that no case has', text: stale.reason });
  return { module: file.module, cases: file.cases.length, agree, different, wrong };
}

const nameOf = ({ fn, note }: VectorCase, index: number): string =>
  `${fn} #${index}${note === undefined ? '' : ` (${note})`}`;

function faultOf(
  vector: VectorCase,
  file: VectorFile,
  replays: VectorModule['replays'],
): string | undefined {
  const replay = replays[vector.fn];
  if (replay === undefined) return 'nothing replays this function';
  const actual = replay(vector.in, file);
  if (matches(actual, vector.out, file.tolerance)) return undefined;
  return `expected ${shown(vector.out)}, got ${shown(actual)}`;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
