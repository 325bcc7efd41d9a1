#!/usr/bin/env node
// A throw-away Postgres from the binaries of this machine: for tests and for benchmarks.
//
//   node scripts/postgres.mjs start [--version 17]            until Ctrl-C; prints its URL
//   node scripts/postgres.mjs run [--version 17] -- npm test  a command with TEST_PG_URL set
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { initialise, launch } from './postgres/cluster.mjs';
import { cacheFolder, findPostgres } from './postgres/find-postgres.mjs';
import { throwAwayFolder } from './postgres/throw-away-folder.mjs';

/**
 * @typedef {object} PostgresOptions
 * @property {number} [version] Major version; default the newest here, one with pgvector first.
 * @property {boolean} [fsync] Default true. False only where durability is not what is tested.
 * @property {Record<string, string | number>} [settings] Further server settings.
 *
 * @typedef {object} RunningPostgres
 * @property {string} url Superuser login to its database `postgres`: what `TEST_PG_URL` takes.
 * @property {string} directUrl The same: there is no pooler in front of it.
 * @property {number} version Major version.
 * @property {boolean} vector Whether `create extension vector` will work.
 * @property {string} bin Folder of its client programs.
 * @property {() => Promise<void>} stop Ends it and deletes its data. Happens anyway when this process ends.
 */

/** Postgres' own defaults but for what a test suite needs: many databases and many connections. */
const testSettings = {
  max_connections: 250,
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  max_locks_per_transaction: 256,
};

/**
 * Starts a cluster in a temporary folder, on a free port of the loopback, as an unprivileged user when we are root.
 *
 * @param {PostgresOptions} [options]
 * @returns {Promise<RunningPostgres>}
 */
export async function startPostgres({ version, fsync = true, settings = {} } = {}) {
  const found = findPostgres({ version });
  if (found === undefined) throw new Error(missing(version));
  const password = randomBytes(16).toString('hex');
  const { folder, remove } = await throwAwayFolder();
  try {
    await initialise(found.bin, folder, password);
    const all = { ...testSettings, fsync: fsync ? 'on' : 'off', ...settings };
    let port;
    for (let tries = 0; tries < 3 && port === undefined; tries += 1)
      port = await launch(found.bin, folder, all);
    if (port === undefined) throw new Error('Postgres found no free port.');
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    return { ...found, url, directUrl: url, stop: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** @param {number | undefined} version */
function missing(version) {
  const what = version === undefined ? 'Postgres' : `Postgres ${version}`;
  return `No ${what} on this machine (PG_BIN, ${cacheFolder()}, /usr/lib/postgresql and PATH were searched). \`node scripts/install-postgres.mjs --version ${version ?? 17}\` gets one without touching the system.`;
}

/**
 * Runs a command with `TEST_PG_URL` and `PG_BIN` of the server; its exit code is ours.
 *
 * @param {RunningPostgres} server
 * @param {readonly string[]} command
 */
async function runWith(server, [file, ...args]) {
  if (file === undefined) throw new Error('run needs a command: run -- npm test');
  const env = { ...process.env, TEST_PG_URL: server.url, PG_BIN: server.bin };
  const child = spawn(file, args, { env, stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => child.kill(signal));
  await once(child, 'exit');
  process.exitCode = child.exitCode ?? 1;
}

/** @param {RunningPostgres} server */
async function serveUntilSignal(server) {
  process.stdout.write(`Postgres ${server.version}, until Ctrl-C\nTEST_PG_URL=${server.url}\n`);
  const alive = setInterval(() => {}, 60_000);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  clearInterval(alive);
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { version: { type: 'string' } },
  });
  const [command, ...rest] = positionals;
  if (command !== 'start' && command !== 'run')
    throw new Error('Usage: postgres.mjs start|run [--version 17] [-- command …]');
  const server = await startPostgres(values.version ? { version: Number(values.version) } : {});
  try {
    await (command === 'run' ? runWith(server, rest) : serveUntilSignal(server));
  } finally {
    await server.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
