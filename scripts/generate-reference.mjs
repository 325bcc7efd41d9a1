#!/usr/bin/env node
// Writes docs/reference from the code: npm run docs. With --check it writes nothing and fails when a page is stale.
// --folder FOLDER takes another place.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cli } from './reference/cli.mjs';
import { configuration } from './reference/configuration.mjs';
import { errors } from './reference/errors.mjs';
import { rest } from './reference/rest.mjs';
import { tiersAndLimits } from './reference/tiers-and-limits.mjs';

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    folder: {
      type: 'string',
      default: fileURLToPath(new URL('../docs/reference', import.meta.url)),
    },
  },
});
const { folder } = values;

const pages = {
  'configuration.md': configuration(),
  'errors.md': errors(),
  'tiers-and-limits.md': tiersAndLimits(),
  'rest.md': rest(),
  'commands.md': await cli(),
};

/** @param {string} name */
const current = (name) => readFile(join(folder, name), 'utf8').catch(() => undefined);

/** Pages that are not what the code says, and pages that nothing generates. */
async function stalePages() {
  const stale = [];
  for (const [name, text] of Object.entries(pages))
    if ((await current(name)) !== text) stale.push(name);
  const orphans = (await readdir(folder)).filter((name) => !(name in pages));
  return [...stale, ...orphans];
}

if (values.check) {
  const stale = await stalePages();
  for (const name of stale) process.stderr.write(`${name} is stale: npm run docs\n`);
  process.stdout.write(`reference: ${Object.keys(pages).length} pages, ${stale.length} stale\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(pages)) await writeFile(join(folder, name), text);
  process.stdout.write(`reference: ${Object.keys(pages).length} pages written\n`);
}
