import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { build } from 'esbuild';
import { describe, expect, onTestFinished, test } from 'vitest';

const browser = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);
const packageFolder = join(import.meta.dirname, '../..');

/** What the page does; it sends home what came of it. */
const program = `
  import { indexedDbStorage } from './src/sync/indexed-db-storage.ts';
  const opened = async (...batches) => {
    const storage = indexedDbStorage('replica');
    const entries = await storage.load();
    await Promise.all(batches.map((batch) => storage.commit(batch)));
    await storage.close();
    return [...entries].map(([key, value]) => [key, value]);
  };
  const outcome = async () => {
    const empty = await opened([['a', 1], ['b', { deep: ['둘', null] }]], [['a'], ['c', 3]]);
    const kept = await opened([['b'], ['c', 4]]);
    const storage = indexedDbStorage('replica');
    await storage.load();
    const second = await indexedDbStorage('replica').load().catch((error) => error.message);
    // Half of it cannot be kept, so none of it is.
    const refused = await storage.commit([['d', 5], ['e', () => 0]]).catch((error) => error.name);
    await storage.close();
    return { empty, kept, second, refused, last: await opened() };
  };
  const send = (value) => fetch('/outcome', { method: 'POST', body: JSON.stringify(value) });
  outcome().then(send, (error) => send(String(error)));
`;

describe.skipIf(browser === undefined)('IndexedDB, in a browser', () => {
  test('keeps batches whole, from page to page, for one page at a time', async () => {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: packageFolder, loader: 'ts' },
      bundle: true,
      write: false,
      format: 'iife',
    });
    const page = createServer();
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    const outcome = new Promise<unknown>((resolve) => {
      page.on('request', (request, response) => {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        if (request.method === 'POST') void json(request).then(resolve);
        response.end(`<!doctype html><script>${outputFiles[0]!.text}</script>`);
      });
    });
    const profile = await mkdtemp(join(tmpdir(), 'stellar-browser-'));
    const { port } = page.address() as AddressInfo;
    const options = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`];
    const child = spawn(browser!, [...options, `http://127.0.0.1:${port}/`], { stdio: 'ignore' });
    onTestFinished(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      page.closeAllConnections();
      page.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    });
    expect(await outcome).toEqual({
      empty: [],
      kept: [
        ['b', { deep: ['둘', null] }],
        ['c', 3],
      ],
      second: 'Another page uses this replica.',
      refused: 'DataCloneError',
      last: [['c', 4]],
    });
  });
});
