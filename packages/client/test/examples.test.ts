import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examplesIn } from './support/examples.js';
import { type RealServer, startRealServer } from './support/real-server.js';

const run = promisify(execFile);
const client = join(import.meta.dirname, '..');
const root = join(client, '../..');

const pages = [
  'docs/guides/sdk.md',
  'packages/client/README.md',
  'packages/client/src/create-client.ts',
  'packages/client/src/client.ts',
];
const examples = (
  await Promise.all(pages.map((page) => examplesIn(join(root, page), page)))
).flat();
const fileOf = (name: string): string => `${name.replaceAll(/\W+/g, '-')}.ts`;

let project: string;

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'stellar-examples-')));
  await mkdir(join(project, 'node_modules/@stellar-memory'), { recursive: true });
  await symlink(client, join(project, 'node_modules/@stellar-memory/client'));
  for (const { name, code } of examples) await writeFile(join(project, fileOf(name)), code);
});

afterAll(() => rm(project, { recursive: true }));

test('the documentation has its examples, and they say what they print', () => {
  expect(examples.length).toBeGreaterThan(15);
  expect(examples.filter(({ prints }) => prints.length > 0).length).toBeGreaterThan(10);
});

test('every example type-checks as strictly as this project', async () => {
  const compilerOptions = {
    composite: false,
    noEmit: true,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] };
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config));
  const check = run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc')], {
    cwd: project,
  });
  await expect(check).resolves.toMatchObject({ stdout: '' });
});

describe('against a fresh server, an example does what it says', () => {
  let server: RealServer;

  beforeAll(async () => {
    server = await startRealServer();
    // Examples name the default address and a made-up one; both are this server.
    const preload = `
      const fetched = globalThis.fetch;
      globalThis.fetch = (url, init) => fetched(
        url.replace(/^(http:\\/\\/127\\.0\\.0\\.1:9000|https:\\/\\/memory\\.example\\.com)/, '${server.url}'),
        init,
      );`;
    await writeFile(join(project, 'preload.mjs'), preload);
  });

  afterAll(() => server.stop());

  test.each(examples)('$name', async ({ name, prints }) => {
    const program = join(project, `${fileOf(name)}.mjs`);
    await build({
      entryPoints: [join(project, fileOf(name))],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      conditions: ['stellar:source'],
    });
    const key = (await readFile(join(server.dataDir, 'local-key'), 'utf8')).trim();
    const env = { ...process.env, STELLAR_DATA_DIR: server.dataDir, STELLAR_API_KEY: key };
    const command = ['--import', join(project, 'preload.mjs'), program];
    const { stdout } = await run(process.execPath, command, { env, cwd: project });
    const lines = stdout.split('\n');
    for (const said of prints) expect(lines).toContain(said);
  });
});
