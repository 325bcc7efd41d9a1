import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type FullServer, startFullServer } from '../../../server/test/http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../../../server/test/support/engines.js';
import { verifies } from '../../../server/test/support/verifies.js';
import {
  createClient,
  type Memory,
  type StellarMemoryClient,
  type Sync,
  type SyncOptions,
} from '../../src/index.js';
import { fileStorage } from '../../src/sync/file-storage.js';
import { startProxy, type UnreliableProxy } from '../support/unreliable-proxy.js';
import { type Recorded, record } from './recorded.js';

describeEngines('what is done while the server cannot be reached', (engine) => {
  verifies('F5');
  let db: TestDatabase;
  let server: FullServer;
  let proxy: UnreliableProxy;
  let stellar: StellarMemoryClient;
  let key: string;
  let accounts = 0;
  let folder: string;
  const open: Sync[] = [];

  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
    folder = await mkdtemp(join(tmpdir(), 'stellar-offline-'));
  });
  afterAll(async () => {
    await server.close();
    await db.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    accounts += 1;
    ({ key } = await server.createAccount(`offline-${accounts}@example.com`));
    stellar = createClient({ url: server.url, apiKey: key });
    proxy = await startProxy(server.url);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((sync) => sync.close()));
    await proxy.close();
  });

  const follow = async (options: SyncOptions = {}, apiKey = key): Promise<Recorded> => {
    const retry = { baseDelayMs: 5, maxDelayMs: 20 };
    const sync = await createClient({ url: proxy.url, apiKey, retry }).sync(options);
    open.push(sync);
    return record(sync);
  };
  const byId = (memories: Iterable<Memory>) =>
    [...memories].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const database = async () => {
    const memories: Memory[] = [];
    for await (const memory of stellar.listAll()) memories.push(memory);
    return byId(memories);
  };
  /** Cuts it off, and waits until it has noticed. */
  const unplug = async ({ until, told }: Recorded): Promise<void> => {
    const before = told.filter((name) => name === 'offline').length;
    proxy.leadTo('http://127.0.0.1:9');
    proxy.cut();
    await until(() => told.filter((name) => name === 'offline').length > before);
  };

  test('shows at once, survives a restart of the program, and arrives', async () => {
    const { id: old } = await stellar.store({ content: 'old', speaker: 'Mina' });
    const { id: doomed } = await stellar.store({ content: 'doomed' });
    const storage = () => fileStorage(join(folder, `${engine.name}-replica`));
    const first = await follow({ storage: storage(), agent: 'laptop' });
    await first.sync.caughtUp();
    await unplug(first);
    const { id } = await first.sync.store({ content: 'new', importance: 0.9 });
    await first.sync.edit(id, { content: 'newer' });
    await first.sync.edit(old, { speaker: null });
    await first.sync.forget(doomed);
    const seen = [...first.sync.memories.values()].map(({ content, speaker }) => [
      content,
      speaker,
    ]);
    expect(seen).toEqual([
      ['old', null],
      ['newer', null],
    ]);
    expect(first.sync.pending).toBe(4);
    await first.sync.close();

    const second = await follow({ storage: storage(), agent: 'laptop' });
    expect(byId(second.sync.memories.values())).toEqual(byId(first.sync.memories.values()));
    proxy.leadTo(server.url);
    await second.sync.flushed();
    await second.sync.caughtUp();
    expect(second.sync.pending).toBe(0);
    expect(byId(second.sync.memories.values())).toEqual(await database());
    expect((await database()).map((memory) => [memory.content, memory.importance])).toContainEqual([
      'newer',
      0.9,
    ]);
    expect(second.told).not.toContain('rejected');
  });

  test('acts once although its answer is lost again and again', async () => {
    const replica = await follow();
    await replica.sync.caughtUp();
    // Long enough for a heartbeat and a small page, too short for the answer to a batch.
    proxy.cutAfter(700);
    proxy.cut();
    for (let n = 0; n < 20; n += 1) await replica.sync.store({ content: `number ${n}` });
    const arrived = await stellar.sync();
    open.push(arrived);
    await record(arrived).until(({ memories }) => memories.size === 20);
    proxy.cutAfter(undefined);
    proxy.cut();
    await replica.sync.flushed();
    await replica.sync.caughtUp();
    const all = await database();
    expect(all.map(({ content }) => content).toSorted()).toEqual(
      Array.from({ length: 20 }, (_, n) => `number ${n}`).toSorted(),
    );
    expect(byId(replica.sync.memories.values())).toEqual(all);
  });

  test('is rolled back when the server refuses it, and the rest arrives', async () => {
    const replica = await follow();
    await replica.sync.caughtUp();
    await unplug(replica);
    const { id: good } = await replica.sync.store({ content: 'good' });
    const { id: bad } = await replica.sync.store({ content: 'x'.repeat(33 * 1024) });
    const { id: fine } = await replica.sync.store({ content: 'fine' });
    expect(replica.sync.memories.size).toBe(3);
    proxy.leadTo(server.url);
    await replica.sync.flushed();
    expect(replica.rejected).toMatchObject([{ op: { id: bad }, result: { result: 'rejected' } }]);
    await replica.sync.caughtUp();
    expect([...replica.sync.memories.keys()].toSorted()).toEqual([good, fine].toSorted());
    expect(byId(replica.sync.memories.values())).toEqual(await database());
  });

  test('loses to what was forgotten elsewhere, and says so', async () => {
    const { id } = await stellar.store({ content: 'there' });
    const replica = await follow();
    await replica.sync.caughtUp();
    await unplug(replica);
    await stellar.forget(id);
    await replica.sync.edit(id, { content: 'edited offline' });
    proxy.leadTo(server.url);
    await replica.sync.flushed();
    await replica.sync.caughtUp();
    expect(replica.rejected).toMatchObject([
      { op: { op: 'edit', id }, result: { result: 'gone' } },
    ]);
    expect(replica.sync.memories.size).toBe(0);
  });

  test('loses field by field to what was edited later elsewhere', async () => {
    const { id } = await stellar.store({ content: 'first' });
    const replica = await follow();
    await replica.sync.caughtUp();
    await unplug(replica);
    await replica.sync.edit(id, { content: 'earlier, offline', pinned: true });
    await stellar.patch(id, { content: 'later, elsewhere' });
    proxy.leadTo(server.url);
    await replica.sync.flushed();
    await replica.sync.caughtUp();
    expect(replica.rejected).toMatchObject([{ result: { result: 'merged', lost: ['content'] } }]);
    expect(replica.sync.memories.get(id)).toMatchObject({
      content: 'later, elsewhere',
      pinned: true,
    });
    expect(byId(replica.sync.memories.values())).toEqual(await database());
  });

  test('of two replicas ends the same on both and in the database', async () => {
    const [one, two] = [await follow({ agent: 'one' }), await follow({ agent: 'two' })];
    await one.sync.store({ content: 'of one' });
    await one.sync.flushed();
    await two.until(({ memories }) => memories.size === 1);
    await unplug(one);
    for (const { sync } of [one, two])
      for (const id of Array.from(sync.memories.keys())) {
        await sync.edit(id, { content: `by ${sync === one.sync ? 'one' : 'two'}` });
        await sync.store({ content: 'of both' });
      }
    proxy.leadTo(server.url);
    await Promise.all([one.sync.flushed(), two.sync.flushed()]);
    const all = await database();
    const equal = ({ memories }: Sync) =>
      JSON.stringify(byId(memories.values())) === JSON.stringify(all);
    await Promise.all([one.until(equal), two.until(equal)]);
    expect(all).toHaveLength(3);
  });

  test('with a key that may only read is refused, not kept for ever', async () => {
    const { api_key } = await stellar.apiKeys.create({ name: 'reader', scopes: ['read'] });
    const replica = await follow({}, api_key);
    await replica.sync.caughtUp();
    await replica.sync.store({ content: 'may not' });
    await replica.sync.flushed();
    expect(replica.rejected).toMatchObject([{ result: { error: { code: 'insufficient_scope' } } }]);
    expect(replica.sync.memories.size).toBe(0);
  });

  test('names what is not here: nothing is queued', async () => {
    const { sync } = await follow();
    await expect(sync.edit('no-such', {})).rejects.toMatchObject({ code: 'not_found' });
    await expect(sync.forget('no-such')).rejects.toMatchObject({ code: 'not_found' });
    expect(sync.pending).toBe(0);
    await sync.close();
    await expect(sync.store({ content: 'too late' })).rejects.toThrow('closed');
  });
});
