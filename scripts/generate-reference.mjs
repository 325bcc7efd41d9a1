#!/usr/bin/env node
// Writes docs/reference from the code: npm run docs. With --check it writes nothing and fails when a page is stale.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cli } from './reference/cli.mjs';
import { configuration } from './reference/configuration.mjs';
import { errors } from './reference/errors.mjs';
import { rest } from './reference/rest.mjs';
import { tiersAndLimits } from './reference/tiers-and-limits.mjs';

const folder = fileURLToPath(new URL('../docs/reference/', import.meta.url));

const pages = {
  'configuration.md': configuration(),
  'errors.md': errors(),
  'tiers-and-limits.md': tiersAndLimits(),
  'rest.md': rest(),
  'commands.md': await cli(),
};

/** @param {string} name */
const current = (name) => readFile(folder + name, 'utf8').catch(() => undefined);

/** Pages that are not what the code says, and pages that nothing generates. */
async function stalePages() {
  const stale = [];
  for (const [name, text] of Object.entries(pages))
    if ((await current(name)) !== text) stale.push(name);
  const orphans = (await readdir(folder)).filter((name) => !(name in pages));
  return [...stale, ...orphans];
}

if (process.argv.includes('--check')) {
  const stale = await stalePages();
  for (const name of stale) process.stderr.write(`docs/reference/${name} is stale: npm run docs\n`);
  process.stdout.write(`reference: ${Object.keys(pages).length} pages, ${stale.length} stale\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(pages)) await writeFile(folder + name, text);
  process.stdout.write(`reference: ${Object.keys(pages).length} pages written\n`);
}
