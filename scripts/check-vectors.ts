// npm run check:vectors -- [folder with the recordings, default ../shared/vectors] [--module NAME]
//
// Replays what the old system was recorded to do on our code and counts how much agrees. Ends with 1 when a case is
// different without a reason, or when fewer than nine tenths of a kept module's cases agree (those kept in part apart).
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adapters, leftOut } from './vectors/adapters.js';
import { judgeModule, type ModuleVerdict, type Remark } from './vectors/judge-module.js';
import type { VectorFile } from './vectors/vector-module.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { module: { type: 'string' } },
});
const folder = positionals[0] ?? '../shared/vectors';
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const list = (remarks: readonly Remark[]): void => {
  for (const { name, text } of remarks) say(`    ${name}: ${text}`);
};

function report({ module, cases, agree, different, wrong }: ModuleVerdict): void {
  say(`${module}: ${agree} of ${cases} agree (${((agree / cases) * 100).toFixed(1)} %)`);
  if (different.length > 0) say('  different on purpose:');
  list(different);
  if (wrong.length > 0) say('  WRONG:');
  list(wrong);
}

async function read(path: string): Promise<VectorFile> {
  return JSON.parse(await readFile(path, 'utf8')) as VectorFile;
}

const names = (await readdir(folder).catch(() => []))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -5))
  .filter((name) => values.module === undefined || name === values.module)
  .toSorted();

const verdicts: ModuleVerdict[] = [];
for (const name of names) {
  const adapter = adapters[name];
  if (adapter === undefined) say(`${name}: not replayed: ${leftOut[name] ?? 'no adapter'}`);
  else verdicts.push(judgeModule(await read(join(folder, `${name}.json`)), adapter));
}
verdicts.forEach(report);

const sum = (count: (verdict: ModuleVerdict) => number): number =>
  verdicts.reduce((total, verdict) => total + count(verdict), 0);
const cases = sum((verdict) => verdict.cases);
const wrong = sum((verdict) => verdict.wrong.length);
const short = verdicts.filter(
  ({ module, agree, cases: all }) => adapters[module]!.inPart !== true && agree < 0.9 * all,
);
say(
  `${sum((verdict) => verdict.agree)} of ${cases} cases in ${verdicts.length} modules agree, ` +
    `${sum((verdict) => verdict.different.length)} are different on purpose, ${wrong} are wrong`,
);
for (const { module } of short) say(`fewer than nine tenths of ${module} agree`);
if (names.length === 0) say(`there are no recordings in ${folder}`);
if (wrong > 0 || short.length > 0 || verdicts.length === 0) process.exitCode = 1;
