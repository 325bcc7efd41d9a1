import { execFile, spawn } from 'node:child_process';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../free-port.mjs';
import { unprivilegedUser } from './unprivileged-user.mjs';

const run = promisify(execFile);

/** Milliseconds a server may take to start: 0.1 s is usual, a busy machine needs more. */
const startWithinMs = 60_000;

/**
 * Runs `initdb` with scram passwords, as a real server would have. Nothing has to outlive a crash of
 * the machine yet, so it does not sync.
 *
 * @param {string} bin
 * @param {string} folder
 * @param {string} password
 */
export async function initialise(bin, folder, password) {
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, password);
  const options = [
    `--pgdata=${join(folder, 'data')}`,
    `--pwfile=${passwordFile}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    '--no-sync',
  ];
  await run(join(bin, 'initdb'), options, { ...unprivilegedUser(), cwd: '/' });
  await rm(passwordFile);
}

/**
 * Whether the server takes connections: what `pg_ctl` looks at, the last line of the pid file.
 *
 * @param {string} folder
 */
async function isReady(folder) {
  const pidFile = await readFile(join(folder, 'data/postmaster.pid'), 'utf8').catch(
    () => '', // not written yet
  );
  return pidFile.split('\n')[7]?.trim() === 'ready';
}

/**
 * Starts the server on a free port of the loopback, or on the one it had before, and waits until it is ready.
 *
 * @param {string} bin
 * @param {string} folder
 * @param {Record<string, string | number>} settings
 * @param {number} [before] Port of the run before.
 * @returns {Promise<number | undefined>} The port, or nothing when somebody else took it meanwhile.
 */
export async function launch(bin, folder, settings, before) {
  const port = before ?? (await freePort());
  const all = { ...settings, port, listen_addresses: '127.0.0.1', unix_socket_directories: '' };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const logFile = join(folder, 'log');
  const log = await open(logFile, 'w');
  const server = spawn(join(bin, 'postgres'), ['-D', join(folder, 'data'), ...flags], {
    ...unprivilegedUser(),
    cwd: '/',
    detached: true, // a terminal's Ctrl-C must not reach it: clients close first, then its keeper ends it
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  server.unref();
  const deadline = Date.now() + startWithinMs;
  while (server.exitCode === null && server.signalCode === null) {
    if (await isReady(folder)) return port;
    if (Date.now() > deadline) break;
    await delay(20);
  }
  const said = await readFile(logFile, 'utf8');
  if (said.includes('Address already in use')) return undefined;
  throw new Error(`Postgres did not start:\n${said.slice(-2_000)}`);
}
