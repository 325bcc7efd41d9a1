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
import { startPostgres } from './postgres.mjs';
import { readResults } from './suites/read-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const runner = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);

/**
 * The Postgres to test on, if there is any. Binaries that do not start are a failure: leaving the
 * suites out would hide it.
 */
async function postgres() {
  const { TEST_PG_URL, TEST_ENGINES } = process.env;
  if (TEST_ENGINES === 'embedded') return undefined;
  if (TEST_PG_URL) return { url: TEST_PG_URL, name: 'TEST_PG_URL', stop: async () => {} };
  if (findPostgres() === undefined) return undefined;
  const { url, version, stop } = await startPostgres();
  return { url, name: `a throw-away Postgres ${version}`, stop };
}

/**
 * @param {string} report
 * @param {string | undefined} url
 * @returns {Promise<number>} The runner's exit code.
 */
async function runSuites(report, url) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = [runner, 'run', ...reporters, ...process.argv.slice(2)];
  const { TEST_PG_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: url === undefined ? env : { ...env, TEST_PG_URL: url },
    stdio: 'inherit',
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
  await rm(report, { force: true });
  const server = await postgres();
  say(`Engines: embedded${server ? `, Postgres (${server.name})` : ''}`);
  try {
    process.exitCode = await runSuites(report, server?.url);
  } finally {
    await server?.stop();
  }
  sayWhatWasLeftOut(readResults(report));
  if (server === undefined)
    say(
      '\nThe Postgres suites were left out: no TEST_PG_URL, and no Postgres here.\n' +
        'node scripts/install-postgres.mjs gets one without touching the system.',
    );
} finally {
  await rm(folder, { recursive: true, force: true });
}
