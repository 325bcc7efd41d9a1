#!/usr/bin/env node
// npm test: every suite, on the embedded engine always, and on a real Postgres when there is one:
// TEST_PG_URL, else a throw-away server from the binaries of this machine. What had to be left out
// is said at the end and never counted as passed.
//
//   npm test [-- vitest's arguments]     TEST_RESULTS=file keeps the JSON report
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPostgres } from './postgres/find-postgres.mjs';
import { readResults, unhandledOf } from './suites/read-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const errorsReporter = fileURLToPath(new URL('suites/unhandled-errors.mjs', import.meta.url));
const runner = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);

/** Which engines this run has, in words. The suites' own set-up starts the throw-away server. */
function engines() {
  const { TEST_PG_URL, TEST_ENGINES } = process.env;
  if (TEST_ENGINES === 'embedded') return { postgres: undefined, why: 'TEST_ENGINES=embedded' };
  if (TEST_PG_URL) return { postgres: 'the one of TEST_PG_URL' };
  const found = findPostgres();
  if (found) return { postgres: `a throw-away ${found.version} of ${found.bin}` };
  return {
    postgres: undefined,
    why:
      'no TEST_PG_URL, and no Postgres on this machine.\n' +
      'node scripts/install-postgres.mjs gets one without touching the system',
  };
}

/**
 * @param {string} report
 * @returns {Promise<number>} The runner's exit code.
 */
async function runSuites(report) {
  const reporters = ['default', 'json', errorsReporter].map((name) => `--reporter=${name}`);
  reporters.push(`--outputFile.json=${report}`);
  const child = spawn(process.execPath, [runner, 'run', ...reporters, ...process.argv.slice(2)], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TEST_UNHANDLED: unhandledOf(report) },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => child.kill(signal));
  await once(child, 'exit');
  return child.exitCode ?? 1;
}

/** @param {import('./suites/read-results.mjs').Results} results */
function sayWhatWasLeftOut({ leftOut }) {
  if (leftOut.length === 0) return;
  say(`\nLeft out, not passed: ${leftOut.length} suites (tests)`);
  for (const suite of leftOut) say(`  ${suite}`);
}

const folder = await mkdtemp(join(tmpdir(), 'stellar-tests-'));
try {
  const report = process.env['TEST_RESULTS'] ?? join(folder, 'results.json');
  for (const file of [report, unhandledOf(report)]) await rm(file, { force: true });
  const { postgres, why } = engines();
  say(`Engines: embedded${postgres === undefined ? '' : `, Postgres (${postgres})`}`);
  process.exitCode = await runSuites(report);
  // With a filter, what did not run was not wanted.
  if (process.argv.length === 2) sayWhatWasLeftOut(readResults(report));
  if (postgres === undefined) say(`\nThe Postgres suites were left out: ${why}.`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
