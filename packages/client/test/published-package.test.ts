import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const source = join(import.meta.dirname, '..');
const compiler = join(source, '../../node_modules/typescript/bin/tsc');

/** A project that has installed the package: compiled files and package.json, no sources, no types of Node. */
let project: string;

beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'stellar-client-')));
  const installed = join(project, 'node_modules/@stellar-memory/client');
  const output = ['--outDir', join(installed, 'dist'), '--composite', 'false'];
  await run(process.execPath, [compiler, '-p', source, ...output, '--incremental', 'false']);
  await copyFile(join(source, 'package.json'), join(installed, 'package.json'));
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
});

afterAll(() => rm(project, { recursive: true }));

describe('the package as it is installed', () => {
  test('looks for the local key in Node', async () => {
    const program = join(project, 'program.js');
    await writeFile(
      program,
      `import { createClient } from '@stellar-memory/client';
       await createClient().stats().catch((error) => console.log(error.code, error.cause.code));`,
    );
    const env = { ...process.env, STELLAR_DATA_DIR: join(project, 'nothing-here') };
    const { stdout } = await run(process.execPath, [program], { env });
    expect(stdout).toBe('no_api_key ENOENT\n');
  });

  test('has no Node module in a browser bundle', async () => {
    const result = await build({
      stdin: { contents: "export * from '@stellar-memory/client'", resolveDir: project },
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      logLevel: 'silent',
    });
    const names = Object.keys(result.metafile.inputs).map((path) => path.split('/').at(-1));
    expect(names).toContain('no-local-key.js');
    expect(names).not.toContain('local-key.js');
    expect(result.outputFiles[0]!.text).not.toContain('node:');
  });

  test('type-checks in a browser project, which knows neither Node nor zod', async () => {
    await writeFile(
      join(project, 'page.ts'),
      `import { createClient, StellarMemoryError, type Memory } from '@stellar-memory/client';
       const { store, recall } = createClient({ url: location.origin, apiKey: 'k', fetch });
       await store({ content: 'a', metadata: { tags: ['x'] }, occurred_at: '2025-10-09' });
       const found: Memory[] = await recall('a', { zone: 2, signal: AbortSignal.timeout(500) });
       // @ts-expect-error there is no zone 5
       await recall('a', { zone: 5 });
       try { await recall(found[0]?.content ?? ''); } catch (error) {
         if (error instanceof StellarMemoryError && error.code === 'rate_limited')
           console.log(error.retryAfterSeconds?.toFixed());
       }`,
    );
    const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'esnext'];
    const resolution = ['--moduleResolution', 'bundler', '--lib', 'es2022,dom', '--types', ''];
    const command = [compiler, ...options, ...resolution, 'page.ts'];
    const check = run(process.execPath, command, { cwd: project });
    await expect(check).resolves.toMatchObject({ stdout: '' });
  });
});
