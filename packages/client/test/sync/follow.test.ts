import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FullServer, startFullServer } from '../../../server/test/http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../../../server/test/support/engines.js';
import { verifies } from '../../../server/test/support/verifies.js';
import { WebSocket } from '../../../server/test/sync/socket-client.js';
import {
  createClient,
  type Memory,
  type StellarMemoryClient,
  type Sync,
  type SyncOptions,
} from '../../src/index.js';
import { settingsOf } from '../../src/settings.js';
import type { StreamPatience } from '../../src/sync/event-stream.js';
import { fileStorage } from '../../src/sync/file-storage.js';
import { openSync } from '../../src/sync/open-sync.js';
import { startBufferingProxy } from '../support/buffering-proxy.js';
import { startProxy, type UnreliableProxy } from '../support/unreliable-proxy.js';
import { type Recorded, record } from './recorded.js';

describeEngines('a replica of a running server', (engine) => {
  verifies('F5');
  let db: TestDatabase;
  let server: FullServer;
  let proxy: UnreliableProxy;
  let stellar: StellarMemoryClient;
  let userId: string;
  let key: string;
  let accounts = 0;
  const open: Sync[] = [];

  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });
  beforeEach(async () => {
    accounts += 1;
    ({ userId, key } = await server.createAccount(`replica-${accounts}@example.com`));
    stellar = createClient({ url: server.url, apiKey: key });
    proxy = await startProxy(server.url);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((sync) => sync.close()));
    await proxy.close();
  });

  const impatient = { firstMs: 300, silenceMs: 1_000 };
  const follow = async (
    options: SyncOptions = {},
    patience?: StreamPatience,
    url = proxy.url,
  ): Promise<Recorded> => {
    const retry = { baseDelayMs: 10, maxDelayMs: 50 };
    const sync = await openSync(
      settingsOf({ url, apiKey: key, retry }),
      { WebSocket, ...options },
      patience,
    );
    open.push(sync);
    return record(sync);
  };
  /** Everything that the account has, in the order of ids. */
  const database = async () => {
    const memories: Memory[] = [];
    for await (const memory of stellar.listAll()) memories.push(memory);
    return memories.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  };
  const held = ({ sync }: Recorded) =>
    [...sync.memories.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));

  test.each(['socket', 'stream', 'poll'] as const)(
    'by %s: it has what there was and what comes',
    async (transport) => {
      const { id: first } = await stellar.store({ content: 'was there' });
      const replica = await follow({ transport });
      await replica.sync.caughtUp();
      const { id: second } = await stellar.store({ content: 'came' });
      // A change shows memories as they are when it is read.
      await replica.until(({ seq }) => seq === 2);
      await stellar.patch(second, { content: 'changed' });
      await stellar.forget(first);
      await replica.until(({ seq }) => seq === 4);
      expect(held(replica)).toEqual(await database());
      expect(replica.changes).toEqual([
        `${first} was there (snapshot)`,
        `${second} came`,
        `${second} changed`,
        `${first} –`,
      ]);
      expect(replica.told).toEqual(['online', 'caught-up']);
    },
  );

  test('it catches up over many pages, and with what changes meanwhile', async () => {
    for (let batch = 0; batch < 3; batch += 1)
      await stellar.storeBatch(
        Array.from({ length: 90 }, (_, n) => ({ content: `${batch}-${n}` })),
      );
    const replica = await follow();
    const during = stellar.store({ content: 'meanwhile' });
    await replica.sync.caughtUp();
    await during;
    await replica.until(({ seq }) => seq === 4);
    expect(held(replica)).toEqual(await database());
    expect(replica.sync.memories.size).toBe(271);
  });

  test.each(['socket', 'stream', 'poll'] as const)(
    'by %s: cut off again and again, it tells each change once and in order',
    async (transport) => {
      const replica = await follow({ transport });
      await replica.sync.caughtUp();
      proxy.cutAfter(2_000);
      proxy.cut();
      for (let n = 0; n < 60; n += 1) await stellar.store({ content: `number ${n}` });
      await replica.until(({ seq }) => seq === 60);
      expect(replica.changes.map((line) => line.split(' ').slice(1).join(' '))).toEqual(
        Array.from({ length: 60 }, (_, n) => `number ${n}`),
      );
      expect(held(replica)).toEqual(await database());
      expect(proxy.connections).toBeGreaterThan(20);
    },
  );

  test.each(['socket', 'stream'] as const)(
    'by %s: a connection that is open and dead is noticed, and what was missed is caught up',
    async (transport) => {
      const replica = await follow({ transport }, impatient);
      await replica.sync.caughtUp();
      proxy.freeze();
      await stellar.store({ content: 'into the silence' });
      await replica.until(() => replica.told.includes('offline'));
      proxy.thaw();
      await replica.until(({ seq }) => seq === 1);
      await replica.sync.caughtUp();
      expect(replica.told).toEqual(['online', 'caught-up', 'offline', 'online', 'caught-up']);
      expect(held(replica)).toEqual(await database());
    },
  );

  test('a proxy that keeps streams back is passed by polls', async () => {
    const buffering = await startBufferingProxy(server.url);
    const replica = await follow({}, impatient, buffering.url);
    await replica.sync.caughtUp();
    for (const seq of [1, 2]) {
      await stellar.store({ content: `through ${seq}` });
      await replica.until((sync) => sync.seq === seq);
    }
    const asked = (what: string) => buffering.paths.filter((path) => path.includes(what)).length;
    expect(asked('/events')).toBe(1);
    expect(asked('wait=25')).toBeGreaterThan(0);
    await replica.sync.close();
    await buffering.close();
  });

  test('a database that was set back is read anew, and what it has not is gone', async () => {
    const { id } = await stellar.store({ content: 'stays' });
    const lost = await stellar.store({ content: 'is lost with the backup' });
    const replica = await follow();
    await replica.sync.caughtUp();
    await db.owner.exec(`
      set session_replication_role = replica;
      delete from memories where user_id = '${userId}' and id = '${lost.id}';
      delete from changes where user_id = '${userId}' and seq = 2;
      update tenant_sync s set head = 1, chain = (select c.chain from changes c where c.user_id = s.user_id and c.seq = 1)
       where s.user_id = '${userId}';
      set session_replication_role = origin`);
    proxy.cut();
    await replica.until(() => replica.told.includes('reset'));
    await replica.sync.caughtUp();
    expect(held(replica).map((memory) => memory.id)).toEqual([id]);
    expect(held(replica)).toEqual(await database());
    expect(replica.changes.at(-1)).toBe(`${lost.id} – (snapshot)`);
  });

  test('a revoked key ends it, and says so', async () => {
    const made = await stellar.apiKeys.create({ name: 'reader', scopes: ['read'] });
    const retry = { baseDelayMs: 10 };
    const reader = createClient({ url: proxy.url, apiKey: made.api_key, retry });
    const sync = await reader.sync();
    await sync.caughtUp();
    await stellar.apiKeys.revoke(made.id);
    proxy.cut();
    await expect(sync.done).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(sync.caughtUp()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test('a signal closes it, and so does a listener that throws', async () => {
    const controller = new AbortController();
    const replica = await follow({ signal: controller.signal });
    await replica.sync.caughtUp();
    controller.abort();
    await expect(replica.sync.done).resolves.toBeUndefined();
    const clumsy = await follow();
    clumsy.sync.on('caught-up', () => {
      throw new RangeError('of the listener');
    });
    await expect(clumsy.sync.done).rejects.toThrow('of the listener');
  });

  test('from its file it goes on where it was, without a snapshot', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stellar-replica-'));
    const storage = () => fileStorage(join(folder, 'replica'));
    await stellar.store({ content: 'before' });
    const first = await follow({ storage: storage() });
    await first.sync.caughtUp();
    await first.sync.close();
    const { id } = await stellar.store({ content: 'while it slept' });
    const second = await follow({ storage: storage() });
    expect(second.sync.memories.size).toBe(1);
    await second.sync.caughtUp();
    expect(second.changes).toEqual([`${id} while it slept`]);
    expect(held(second)).toEqual(await database());
    await second.sync.close();
    await rm(folder, { recursive: true });
  });
});
