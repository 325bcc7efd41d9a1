import { randomUUID } from 'node:crypto';
import { syncClose } from '@stellar-memory/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { jsonBody, send } from '../http/support/exchange.js';
import {
  type FullServer,
  type FullServerOptions,
  startFullServer,
} from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { type ConnectOptions, connectSocket, type SocketClient } from './socket-client.js';

describeEngines('the patience of a sync socket', (engine) => {
  verifies('F5');
  let db: TestDatabase;
  const servers: FullServer[] = [];
  const open: SocketClient[] = [];
  let accounts = 0;
  let server: FullServer;
  let key: string;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());
  beforeEach(() => {
    accounts += 1;
  });
  afterEach(async () => {
    for (const client of open.splice(0)) client.socket.terminate();
    for (const each of servers.splice(0)) await each.close();
  });

  const serve = async (patience: NonNullable<FullServerOptions['patience']>): Promise<void> => {
    server = await startFullServer(db, { patience });
    servers.push(server);
    ({ key } = await server.createAccount(`patience-${accounts}@example.com`));
  };
  const connect = async (options: ConnectOptions = { headers: { 'X-API-Key': key } }) => {
    const client = await connectSocket(server.url, options);
    open.push(client);
    return client;
  };
  const greet = async (options?: ConnectOptions) => {
    const client = await connect(options);
    client.send({ t: 'hello', agent: 'robot', cursor: null });
    return client;
  };
  const post = async (path: string, body: object): Promise<number> =>
    (await send(`${server.url}${path}`, jsonBody(body, { 'X-API-Key': key }))).status;
  const metric = async (name: string): Promise<number> => {
    const { text } = await send(`${server.url}/metrics`, {});
    return Number(new RegExp(`^stellar_sync_${name} (\\d+)$`, 'm').exec(text)?.[1]);
  };

  test('ends when neither a key nor a hello comes', async () => {
    await serve({ helloMs: 100 });
    const [silent, nameless] = await Promise.all([connect(), connect({})]);
    expect((await silent.closed).code).toBe(syncClose.helloTimeout);
    expect((await nameless.closed).code).toBe(syncClose.helloTimeout);
  });

  test('lasts while a client answers pings, and tells him the head again and again', async () => {
    await serve({ heartbeatMs: 50 });
    const client = await greet();
    await client.next('sync');
    expect((await client.next('hb')).head).toBe(0);
    expect(await post('/api/v1/store', { content: 'one' })).toBe(200);
    await client.next('ev');
    for (let beat = 0; beat < 3; beat += 1) expect((await client.next('hb')).head).toBe(1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  test('ends for a client who does not answer a ping', async () => {
    await serve({ heartbeatMs: 50, pongMs: 50 });
    const client = await greet({ headers: { 'X-API-Key': key }, answersPings: false });
    // Nobody is there to be told why.
    expect((await client.closed).code).toBe(1006);
  });

  test('ends for a client who does not read, who goes on from where he was', async () => {
    await serve({ slowMs: 100 });
    const ids = Array.from({ length: 14 }, () => randomUUID());
    const mutate = (ops: readonly object[]) =>
      post('/api/v1/mutations', {
        mutations: [{ mid: randomUUID(), hlc: `${Date.now()}.0`, ops }],
      });
    for (const half of [ids.slice(0, 7), ids.slice(7)])
      expect(
        await mutate(
          half.map((id) => ({
            op: 'store',
            id,
            memory: { content: `${id} ${'x'.repeat(32_000)}` },
          })),
        ),
      ).toBe(200);
    const client = await greet();
    await client.next('sync');
    client.socket.pause();
    // 450 KB a change: more than the system's own buffers hold, and then more than the server's.
    let changes = 0;
    while ((await metric('slow_total')) === 0 && changes < 100) {
      expect(
        await mutate(ids.map((id) => ({ op: 'edit', id, set: { pinned: changes % 2 === 0 } }))),
      ).toBe(200);
      changes += 1;
    }
    await vi.waitFor(async () => expect(await metric('connections')).toBe(0), 30_000);
    expect(await metric('slow_total')).toBe(1);
    client.socket.resume();
    await client.closed;
    const again = await greet();
    const { seq } = await again.next('sync');
    expect(seq).toBe(2 + changes);
  });

  test('is counted: who is connected, what was delivered, who began anew', async () => {
    await serve({});
    const client = await greet();
    await client.next('sync');
    expect(await metric('connections')).toBe(1);
    expect(await post('/api/v1/store', { content: 'one' })).toBe(200);
    await client.next('ev');
    expect(await metric('deliveries_total')).toBe(1);
    expect(await metric('resets_total')).toBe(0);
    const lost = await connect();
    lost.send({ t: 'hello', agent: 'other', cursor: 'ffffffff.7.0123456789abcdef' });
    expect((await lost.next('welcome')).mode).toBe('reset');
    await lost.next('sync');
    expect(await metric('resets_total')).toBe(1);
    for (const each of [client, lost]) each.close();
    await vi.waitFor(async () => expect(await metric('connections')).toBe(0), 30_000);
  });
});
