import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbeddedDatabase } from '../../src/storage/embedded/embedded-database.js';
import { migrate } from './engines-schema.js';

const fromRoot = (path: string): string =>
  fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** What the template is made from: when any of it changes, another template is made. */
const ingredients = [
  'packages/server/migrations',
  'packages/server/src/storage/migrate',
  'packages/server/src/storage/embedded/make-cluster.js',
  'packages/server/test/support/engines-schema.ts',
];

/**
 * A data directory with today's schema, to be copied. Kept between runs, because making one takes 3 s and
 * copying it 0.1 s.
 */
export async function embeddedTemplate(): Promise<string> {
  const cache = fromRoot('node_modules/.cache/stellar-memory');
  const template = join(cache, `embedded-${await fingerprint()}`);
  if (existsSync(template)) return template;
  await mkdir(cache, { recursive: true });
  const aside = await mkdtemp(join(cache, 'making-'));
  await build(aside);
  await removeOld(cache);
  await rename(aside, template).catch(async (error: unknown) => {
    // Another worker was faster.
    if (!existsSync(template)) throw error;
    await rm(aside, { recursive: true });
  });
  return template;
}

/** Templates of yesterday's sources; nobody copies from them any more. */
async function removeOld(cache: string): Promise<void> {
  const dayMs = 86_400_000;
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > dayMs) await rm(path, { recursive: true, force: true });
  }
}

async function build(dataDir: string): Promise<void> {
  const database = await openEmbeddedDatabase({ dataDir });
  try {
    const owner = database.openOwner();
    await migrate(owner);
    await owner.exec('vacuum analyze');
    await owner.close();
  } finally {
    await database.close();
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of ingredients) {
    for (const file of await filesIn(fromRoot(path)))
      hash.update(file).update(await readFile(file));
  }
  hash.update(await readFile(fromRoot('node_modules/@electric-sql/pglite/package.json')));
  return hash.digest('hex').slice(0, 16);
}

async function filesIn(path: string): Promise<string[]> {
  if (/\.[a-z]+$/.test(path)) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
