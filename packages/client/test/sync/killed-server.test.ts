import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildServer } from '../../../server/test/app/build.js';
import { ServerProcess } from '../../../server/test/app/server-process.js';
import { WebSocket } from '../../../server/test/sync/socket-client.js';
import { createClient } from '../../src/index.js';
import { startProxy, type UnreliableProxy } from '../support/unreliable-proxy.js';
import { record } from './recorded.js';

describe('a server that is killed', () => {
  let dataDir: string;
  let server: ServerProcess;
  let proxy: UnreliableProxy;

  beforeAll(async () => {
    buildServer();
    dataDir = await mkdtemp(join(tmpdir(), 'stellar-killed-'));
    await start();
  });
  afterAll(async () => {
    await proxy.close();
    await server.stop();
    await rm(dataDir, { recursive: true });
  });
  const start = async (): Promise<void> => {
    server = new ServerProcess({ STELLAR_DATA_DIR: dataDir });
    const { url } = await server.ready();
    if (proxy === undefined) proxy = await startProxy(url);
    else proxy.leadTo(url);
  };

  test.each(['socket', 'stream'] as const)(
    'and started again is followed by %s as if nothing had been, and has what was done meanwhile',
    async (transport) => {
      const apiKey = (await readFile(join(dataDir, 'local-key'), 'utf8')).trim();
      const retry = { baseDelayMs: 10, maxDelayMs: 100 };
      const stellar = createClient({ url: proxy.url, apiKey, retry });
      const replica = record(await stellar.sync({ transport, WebSocket }));
      await replica.sync.caughtUp();
      await replica.sync.store({ content: `${transport}: before` });
      await replica.sync.flushed();
      server.signal('SIGKILL');
      await server.ended();
      await replica.until(() => replica.told.includes('offline'));
      await replica.sync.store({ content: `${transport}: meanwhile` });
      await start();
      await replica.sync.flushed();
      const other = createClient({ url: proxy.url, apiKey });
      const { id } = await other.store({ content: `${transport}: after` });
      await replica.until(({ memories }) => memories.has(id));
      expect(replica.told).toEqual(['online', 'caught-up', 'offline', 'online', 'caught-up']);
      const contents = [...replica.sync.memories.values()].map(({ content }) => content);
      expect(contents.filter((content) => content.startsWith(transport))).toEqual(
        ['before', 'meanwhile', 'after'].map((when) => `${transport}: ${when}`),
      );
      await replica.sync.close();
    },
  );
});
