import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrationsFolder } from '../../../src/storage/migrate/migration-files.js';

const script = fileURLToPath(new URL('../../../../../scripts/write-schema.mjs', import.meta.url));
const check = (file: string) =>
  promisify(execFile)(process.execPath, [
    '--conditions=stellar:source',
    '--import',
    'tsx',
    script,
    '--check',
    '--file',
    file,
  ]);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stellar-schema-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the schema check passes for what the migrations make and fails when a policy is missing', async () => {
  const schema = await readFile(join(migrationsFolder, 'schema.sql'), 'utf8');
  const copy = join(folder, 'schema.sql');
  await writeFile(copy, schema);
  await check(copy);
  await writeFile(copy, schema.replace(/create policy tenant on memories [^;]+;\n\n/, ''));
  await expect(check(copy)).rejects.toMatchObject({ code: 1 });
});
