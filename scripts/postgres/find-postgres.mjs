import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { unprivilegedUser } from './unprivileged-user.mjs';

/**
 * Server binaries on this machine.
 *
 * @typedef {object} PostgresBinaries
 * @property {string} bin Folder of `postgres`, `initdb`, `pg_dump`.
 * @property {number} version Major version.
 * @property {boolean} vector Whether the pgvector extension lies beside it.
 */

/**
 * Where `install-postgres.mjs` keeps what it made. Not in the checkout: `npm ci` would delete it,
 * and the user that root starts Postgres as must be able to walk there.
 *
 * @returns {string}
 */
export function cacheFolder() {
  const { TEST_PG_CACHE, XDG_CACHE_HOME } = process.env;
  if (TEST_PG_CACHE) return TEST_PG_CACHE;
  if (process.getuid?.() === 0) return '/var/cache/stellar-memory';
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'stellar-memory');
}

/**
 * Where binaries of a version lie below an unpacked Debian tree.
 *
 * @param {string} root
 * @param {number | string} version
 */
export const debianBin = (root, version) => join(root, 'usr/lib/postgresql', `${version}`, 'bin');

/** @param {string} folder */
const childrenOf = (folder) => (existsSync(folder) ? readdirSync(folder) : []);

/** Candidate folders, the most explicit first. */
function binFolders() {
  const { PG_BIN, PATH } = process.env;
  if (PG_BIN) return [PG_BIN];
  const cached = childrenOf(cacheFolder()).flatMap((name) => {
    const root = join(cacheFolder(), name);
    return childrenOf(join(root, 'usr/lib/postgresql')).map((version) => debianBin(root, version));
  });
  const packaged = childrenOf('/usr/lib/postgresql').map((version) => debianBin('/', version));
  return [...cached, ...packaged, ...(PATH ?? '').split(delimiter)];
}

/**
 * The version of the binaries in a folder, asked as the user who will run them: a folder that he
 * cannot enter holds none.
 *
 * @param {string} bin
 * @returns {number | undefined}
 */
export function versionOf(bin) {
  if (!existsSync(join(bin, 'postgres')) || !existsSync(join(bin, 'initdb'))) return undefined;
  try {
    const answer = execFileSync(join(bin, 'postgres'), ['--version'], {
      ...unprivilegedUser(),
      cwd: '/',
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const major = /\(PostgreSQL\) (\d+)/.exec(answer)?.[1];
    return major === undefined ? undefined : Number(major);
  } catch {
    return undefined; // not executable for that user, or libraries are missing: as good as absent
  }
}

/**
 * @param {string} bin
 * @param {number} version
 */
const hasVector = (bin, version) =>
  [`../../../../share/postgresql/${version}`, '../share/postgresql', '../share'].some((share) =>
    existsSync(join(bin, share, 'extension/vector.control')),
  );

/**
 * The binaries to use: of the version asked for, else with pgvector before without, else the newest.
 *
 * @param {{ version?: number | undefined, vector?: boolean | undefined }} [wanted]
 * @returns {PostgresBinaries | undefined}
 */
export function findPostgres(wanted = {}) {
  return binFolders()
    .flatMap((bin) => {
      const version = versionOf(bin);
      return version === undefined ? [] : [{ bin, version, vector: hasVector(bin, version) }];
    })
    .filter((found) => wanted.version === undefined || found.version === wanted.version)
    .filter((found) => !wanted.vector || found.vector)
    .toSorted((a, b) => Number(b.vector) - Number(a.vector) || b.version - a.version)[0];
}
