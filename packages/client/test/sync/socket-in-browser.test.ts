import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FullServer, startFullServer } from '../../../server/test/http/support/full-server.js';
import { browserPath, openBrowser } from '../../../server/test/support/browser.js';
import { engines, type TestDatabase } from '../../../server/test/support/engines.js';
import { createClient, type Sync } from '../../src/index.js';

/** What the page keeps between two evaluations. */
interface Page {
  readonly stellarMemory: { readonly createClient: typeof createClient };
  sync: Sync;
}

describe.skipIf(browserPath === undefined)('a replica in a real browser', () => {
  let db: TestDatabase;
  let server: FullServer;
  let browser: Browser;

  beforeAll(async () => {
    db = await engines[0]!.open();
    server = await startFullServer(db);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await db.close();
  });

  const script = async (): Promise<string> => {
    const { outputFiles } = await build({
      absWorkingDir: join(import.meta.dirname, '../..'),
      entryPoints: ['src/index.ts'],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'stellarMemory',
      platform: 'browser',
      conditions: ['stellar:source'],
    });
    return outputFiles[0]!.text;
  };

  test('follows over the browser’s own socket, opened by a ticket', async () => {
    const { key } = await server.createAccount('browser@example.com');
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    const offered: string[] = [];
    page.on('websocket', (socket) => offered.push(socket.url()));
    await page.goto(`${server.url}/livez`);
    await page.addScriptTag({ content: await script() });
    await page.evaluate(async (apiKey) => {
      const here = globalThis as unknown as Page;
      const stellar = here.stellarMemory.createClient({
        url: (globalThis as unknown as { location: { origin: string } }).location.origin,
        apiKey,
      });
      here.sync = await stellar.sync({ transport: 'socket' });
      await here.sync.caughtUp();
    }, key);
    const { id } = await createClient({ url: server.url, apiKey: key }).store({
      content: 'into the page',
    });
    const content = await page.evaluate(async (stored) => {
      const { sync } = globalThis as unknown as Page;
      await new Promise<void>((resolve) => {
        const look = (): void => void (sync.memories.has(stored) && resolve());
        sync.on('change', look);
        look();
      });
      return sync.memories.get(stored)?.content;
    }, id);
    expect(content).toBe('into the page');
    expect(offered).toEqual([`${server.url.replace('http', 'ws')}/api/v1/sync`]);
    await context.close();
  });
});
