import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build, type Platform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import type * as client from '../src/index.js';
import { json, silence, startFake } from './support/fake-server.js';
import { memory, secretKey, stored } from './support/samples.js';

const packageFolder = join(import.meta.dirname, '..');

/** Bundles the client as an application would, from its sources. */
async function bundle(platform: Platform): Promise<{ text: string; inputs: string[] }> {
  const result = await build({
    absWorkingDir: packageFolder,
    entryPoints: ['src/index.ts'],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'stellarMemory',
    platform,
    target: 'es2022',
    conditions: ['stellar:source'],
  });
  return { text: result.outputFiles[0]!.text, inputs: Object.keys(result.metafile.inputs) };
}

/** Bytes, compressed, that a browser loads at once, and in all when it follows: bundled as build tools for browsers do. */
async function loaded(): Promise<{ atOnce: number; inAll: number }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: packageFolder,
    entryPoints: { index: 'src/index.ts' },
    outdir: 'nowhere',
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['stellar:source'],
  });
  const bytesOf = (paths: Iterable<string>): number =>
    [...paths].reduce((sum, path) => {
      const file = outputFiles.find((output) => output.path.endsWith(`/${path}`))!;
      return sum + gzipSync(file.contents).length;
    }, 0);
  const first = new Set(['nowhere/index.js']);
  for (const path of first)
    for (const { path: next, kind } of metafile.outputs[path]!.imports)
      if (kind === 'import-statement') first.add(next);
  return { atOnce: bytesOf(first), inAll: bytesOf(Object.keys(metafile.outputs)) };
}

/** What browsers and Node have in common, and nothing else. */
const webPlatform = {
  AbortController,
  Headers,
  TextDecoder,
  URL,
  URLSearchParams,
  clearTimeout,
  crypto,
  fetch,
  setTimeout,
};

describe('the browser bundle', () => {
  test('has no Node module in it', async () => {
    const { text, inputs } = await bundle('browser');
    expect(inputs).toContain('src/no-local-key.ts');
    expect(inputs).not.toContain('src/local-key.ts');
    expect(text).not.toMatch(/node:|require\(|process\./);
    expect(inputs).not.toContain('src/sync/file-storage.ts');
  });

  test('is smaller than 6 KB, and what following takes is loaded by those who follow', async () => {
    const { atOnce, inAll } = await loaded();
    process.stdout.write(`client bundle: ${atOnce} bytes gzip, ${inAll} with sync\n`);
    expect(atOnce).toBeLessThan(6 * 1024);
    expect(inAll).toBeGreaterThan(atOnce);
    expect(inAll).toBeLessThan(14 * 1024);
  });

  test('the check can fail: a bundle for Node has them', async () => {
    const { text, inputs } = await bundle('node');
    expect(inputs).toContain('src/local-key.ts');
    expect(text).toMatch(/"node:fs/);
  });

  test('works with the web platform alone', async () => {
    const page = {
      mode: 'snapshot',
      cursor: 'e.0.',
      head: 0,
      events: [],
      memories: [memory],
      more: false,
    };
    const fake = await startFake(json(stored), json(page), silence);
    const { text } = await bundle('browser');
    const { createClient } = runInNewContext(
      `${text}; stellarMemory`,
      webPlatform,
    ) as typeof client;
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    expect(await stellar.store({ content: 'from a browser' })).toEqual(stored);
    const sync = await stellar.sync();
    await sync.caughtUp();
    expect([...sync.memories.values()]).toEqual([memory]);
    await sync.close();
    await expect(createClient({ url: fake.url }).stats()).rejects.toMatchObject({
      code: 'no_api_key',
    });
  });
});
