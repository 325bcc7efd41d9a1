#!/usr/bin/env node
// Unpacks a Postgres server from Debian's packages into a folder of its own: no root, no service, nothing of
// the system touched. So a Debian 12 gets 17 with pgvector, too.
//
//   node scripts/install-postgres.mjs [--version 17] [--into FOLDER]
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { unpackServer } from './debian/unpack-server.mjs';
import { cacheFolder, debianBin, findPostgres, versionOf } from './postgres/find-postgres.mjs';

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
  const server = {
    release: source.release,
    packages: source.packages,
    programs: /^postgresql-client-\d+$/,
    bin: debianBin('', version),
    // Present but without LLVM it would fail the first costly query; absent, the server does without.
    without: [join(debianBin('', version), '../lib/llvmjit.so')],
  };
  await unpackServer(server, home);
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
