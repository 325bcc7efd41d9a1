import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build, type Platform } from 'esbuild';
import { describe, expect, test } from 'vitest';
import type * as client from '../src/index.js';
import { json, startFake } from './support/fake-server.js';
import { secretKey, stored } from './support/samples.js';

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

/** What browsers and Node have in common, and nothing else. */
const webPlatform = {
  AbortController,
  Headers,
  URL,
  URLSearchParams,
  clearTimeout,
  crypto,
  fetch,
  setTimeout,
};

describe('the browser bundle', () => {
  test('has no Node module in it and is smaller than 6 KB', async () => {
    const { text, inputs } = await bundle('browser');
    expect(inputs).toContain('src/no-local-key.ts');
    expect(inputs).not.toContain('src/local-key.ts');
    expect(text).not.toMatch(/node:|require\(|process\./);
    const bytes = gzipSync(text).length;
    process.stdout.write(`client bundle: ${text.length} bytes, ${bytes} bytes gzip\n`);
    expect(bytes).toBeLessThan(6 * 1024);
  });

  test('the check can fail: a bundle for Node has them', async () => {
    const { text, inputs } = await bundle('node');
    expect(inputs).toContain('src/local-key.ts');
    expect(text).toMatch(/"node:fs/);
  });

  test('works with the web platform alone', async () => {
    const fake = await startFake(json(stored));
    const { text } = await bundle('browser');
    const { createClient } = runInNewContext(
      `${text}; stellarMemory`,
      webPlatform,
    ) as typeof client;
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    expect(await stellar.store({ content: 'from a browser' })).toEqual(stored);
    await expect(createClient({ url: fake.url }).stats()).rejects.toMatchObject({
      code: 'no_api_key',
    });
  });
});
