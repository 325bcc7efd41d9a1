#!/usr/bin/env node
// Unpacks a Postgres server from Debian's packages into a folder of its own, with its own C library:
// no root, no service, nothing of the system touched. So a Debian 12 gets 17 with pgvector, too.
//
//   node scripts/install-postgres.mjs [--version 17] [--into FOLDER]
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { cacheFolder, debianBin, findPostgres, versionOf } from './postgres/find-postgres.mjs';
import { openPrivateApt } from './postgres/private-apt.mjs';
import { usePrivateLibraries } from './postgres/private-libraries.mjs';

const run = promisify(execFile);

/**
 * The Debian release that has each version, and what to take from it.
 *
 * @type {Record<number, { release: string, packages: string[], vector: boolean } | undefined>}
 */
const sources = {
  15: { release: 'bookworm', packages: ['postgresql-15'], vector: false },
  17: {
    release: 'trixie',
    packages: ['postgresql-17', 'postgresql-17-pgvector'],
    vector: true,
  },
};

/**
 * Of everything apt would install, what the server's programs load. Perl, its setup scripts and the
 * JIT compiler (200 MB of LLVM) stay out.
 *
 * @param {string} name
 */
const isLibrary = (name) =>
  /^(lib|zlib)/.test(name) &&
  !/^lib(perl|llvm|z3|c-bin|c-l10n|pam-modules)|-perl$|-common$/.test(name);

/**
 * Downloads the packages and unpacks them below a folder.
 *
 * @param {{ release: string, packages: readonly string[] }} source
 * @param {string} root
 */
async function unpack({ release, packages }, root) {
  const work = await mkdtemp(join(tmpdir(), 'stellar-apt-'));
  try {
    const apt = await openPrivateApt(work, release);
    const wanted = [...packages, 'patchelf'];
    const closure = await apt.closure(wanted);
    const clients = closure.filter((name) => /^postgresql-client-\d+$/.test(name));
    await apt.download([...wanted, ...clients, ...closure.filter(isLibrary)]);
    await mkdir(root, { recursive: true });
    for (const name of await readdir(work))
      if (name.endsWith('.deb')) await run('dpkg', ['-x', join(work, name), root]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Installs a version, unless this machine has it already.
 *
 * @param {number} version 15, or 17 with pgvector.
 * @param {string} [into] Default a folder of the cache.
 * @returns {Promise<string>} The folder of its programs.
 */
export async function installPostgres(version, into) {
  const source = sources[version];
  if (source === undefined)
    throw new Error(`Known versions: ${Object.keys(sources).join(', ')}. Not ${version}.`);
  const present = into ? undefined : findPostgres({ version, vector: source.vector });
  if (present) return present.bin;
  const home = into ?? join(cacheFolder(), `postgres-${version}`);
  const root = `${home}.partial-${process.pid}`;
  try {
    await unpack(source, root);
    const bin = relative(root, debianBin(root, version));
    // Present but without LLVM it would fail the first costly query; absent, the server does without.
    await rm(join(root, dirname(bin), 'lib/llvmjit.so'), { force: true });
    await usePrivateLibraries(root, home, bin);
    await rm(home, { recursive: true, force: true });
    await rename(root, home);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  const bin = debianBin(home, version);
  if (versionOf(bin) !== version) throw new Error(`${bin}/postgres does not run here.`);
  return bin;
}

async function main() {
  const { values } = parseArgs({
    options: { version: { type: 'string', default: '17' }, into: { type: 'string' } },
  });
  const bin = await installPostgres(Number(values.version), values.into);
  process.stdout.write(`${bin}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
