import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type FullServer, startFullServer } from '../../../server/test/http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../../../server/test/support/engines.js';
import { verifies } from '../../../server/test/support/verifies.js';
import { WebSocket } from '../../../server/test/sync/socket-client.js';
import {
  createClient,
  type StellarMemoryClient,
  type Sync,
  type SyncOptions,
  type WebSocketConstructor,
} from '../../src/index.js';
import { settingsOf } from '../../src/settings.js';
import { openSync } from '../../src/sync/open-sync.js';
import { Replica } from '../../src/sync/replica.js';
import { streamFrames } from '../../src/sync/socket-stream.js';
import type { ChangesResponse } from '../../src/sync/sync-wire.js';
import { startBufferingProxy } from '../support/buffering-proxy.js';
import { type Recorded, record } from './recorded.js';

/** What was opened in one test, each with the code of its close. */
interface Opened {
  readonly constructor: WebSocketConstructor;
  readonly sockets: WebSocket[];
  readonly codes: number[];
}

/** A constructor of sockets that notes them; what it is given by its page, a browser would add by itself. */
function noted(origin?: string): Opened {
  const sockets: WebSocket[] = [];
  const codes: number[] = [];
  class Noted extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, origin === undefined ? {} : { origin });
      sockets.push(this);
      this.on('close', (code) => codes.push(code));
    }
  }
  return { constructor: Noted, sockets, codes };
}

describeEngines('a socket of a replica', (engine) => {
  verifies('F5');
  let db: TestDatabase;
  let server: FullServer;
  let stellar: StellarMemoryClient;
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
    ({ key } = await server.createAccount(`by-socket-${accounts}@example.com`));
    stellar = createClient({ url: server.url, apiKey: key });
  });
  afterEach(async () => {
    vi.unstubAllGlobals();
    await Promise.all(open.splice(0).map((sync) => sync.close()));
  });

  const settings = (url = server.url) =>
    settingsOf({ url, apiKey: key, retry: { baseDelayMs: 10, maxDelayMs: 50 } });
  const follow = async (
    { constructor }: Opened,
    options: SyncOptions = {},
    url?: string,
    firstMs = 10_000,
  ): Promise<Recorded> => {
    const patience = { firstMs, silenceMs: 45_000 };
    const sync = await openSync(settings(url), { WebSocket: constructor, ...options }, patience);
    open.push(sync);
    return record(sync);
  };
  const isOpen = (socket: WebSocket | undefined): boolean => socket?.readyState === WebSocket.OPEN;

  test('brings what comes, where there are sockets', async () => {
    const opened = noted();
    const replica = await follow(opened);
    await replica.sync.caughtUp();
    const { id } = await replica.sync.store({ content: 'from here' });
    await replica.sync.flushed();
    await stellar.store({ content: 'from there' });
    await replica.until(({ seq }) => seq === 2);
    expect(opened.sockets.map(isOpen)).toEqual([true]);
    expect(replica.sync.memories.get(id)).toMatchObject({ content: 'from here' });
    expect(replica.told).toEqual(['online', 'caught-up']);
  });

  test('is opened by a ticket in a page, and its key is in no frame and no address', async () => {
    const origin = 'https://app.example.com';
    vi.stubGlobal('location', { origin });
    const opened = noted(origin);
    const send = vi.spyOn(WebSocket.prototype, 'send');
    const replica = await follow(opened, { transport: 'socket' });
    await replica.sync.caughtUp();
    await stellar.store({ content: 'into the page' });
    await replica.until(({ seq }) => seq === 1);
    const said = [...send.mock.calls.map(([text]) => text as string), opened.sockets[0]!.url];
    send.mockRestore();
    expect(said.some((text) => text.includes('"hello"'))).toBe(true);
    expect(said.join()).not.toContain(key);
  });

  test('goes on by streams where sockets do not get through', async () => {
    const buffering = await startBufferingProxy(server.url);
    const opened = noted();
    const replica = await follow(opened, {}, buffering.url, 300);
    await replica.sync.caughtUp();
    await stellar.store({ content: 'through' });
    await replica.until(({ seq }) => seq === 1);
    // Neither gets through this one: both are tried before it polls.
    expect(opened.sockets.length).toBeGreaterThan(0);
    expect(opened.sockets.length).toBeLessThanOrEqual(3);
    expect(buffering.paths.some((path) => path.includes('/events'))).toBe(true);
    await replica.sync.close();
    await buffering.close();
  });

  test('is left to the newer replica of the same agent, and the older one goes on by streams', async () => {
    const [first, second] = [noted(), noted()];
    const older = await follow(first, { agent: 'robot' });
    await older.sync.caughtUp();
    await vi.waitUntil(() => isOpen(first.sockets[0]), { timeout: 20_000 });
    await stellar.store({ content: 'one' });
    await older.until(({ seq }) => seq === 1);
    const newer = await follow(second, { agent: 'robot' });
    await older.until(() => older.told.includes('offline'));
    await older.sync.caughtUp();
    await stellar.store({ content: 'two' });
    await Promise.all([older, newer].map((each) => each.until(({ seq }) => seq === 2)));
    expect(first.codes).toEqual([4409]);
    expect(first.sockets).toHaveLength(1);
    expect(second.sockets.map(isOpen)).toEqual([true]);
  });

  test('ends when too much waits to be taken, and another one goes on from there', async () => {
    const opened = noted();
    const { cursor } = await firstPage();
    const { signal } = new AbortController();
    const count = 40;
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1)
      ids.push((await stellar.store({ content: `${n} ${'x'.repeat(500)}` })).id);
    const pages = streamFrames(
      {
        settings: settings(),
        WebSocket: opened.constructor,
        agent: 'slow',
        patience: { firstMs: 5_000, silenceMs: 5_000 },
        onWelcome: () => undefined,
        onClose: () => undefined,
        maxCharacters: 4_000,
      },
      cursor,
      signal,
    );
    const seen: string[] = [];
    let seq = 0;
    for await (const { events } of pages) {
      for (const { from, to, ops } of events) {
        expect(from).toBe(seq);
        seq = to;
        for (const op of ops) if (op.op === 'put') seen.push(op.memory.id);
      }
      if (seq === count) break;
    }
    expect(seen).toEqual(ids);
    expect(opened.sockets.length).toBeGreaterThan(1);
  });

  /** What there is at first. */
  const firstPage = async (): Promise<ChangesResponse> => {
    const answer = await fetch(`${server.url}/api/v1/changes`, { headers: { 'x-api-key': key } });
    const page = (await answer.json()) as ChangesResponse;
    expect(new Replica().apply(page).ids.size).toBe(0);
    return page;
  };
});
