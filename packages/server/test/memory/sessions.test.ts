import type { MemorySession, MemorySessionList } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';

type Account = Pick<Awaited<ReturnType<FullServer['createAccount']>>, 'key'>;

describeEngines('conversations', (engine) => {
  let db: TestDatabase;
  let server: FullServer;
  let accounts = 0;
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  const newAccount = (): Promise<Account> => server.createAccount(`talk-${accounts++}@example.com`);
  const get = ({ key }: Account, path: string): Promise<Answer> =>
    send(`${server.url}/api/v1/${path}`, { headers: { 'X-API-Key': key } });
  const post = ({ key }: Account, path: string, body: object): Promise<Answer> =>
    send(`${server.url}/api/v1/${path}`, jsonBody(body, { 'X-API-Key': key }));
  const store = (account: Account, memories: object[]) =>
    post(account, 'store/batch', { memories });
  const start = async (account: Account, body: object): Promise<MemorySession> =>
    (await post(account, 'sessions', body)).json as MemorySession;
  const end = async (account: Account, id: string, body: object = {}): Promise<MemorySession> =>
    (await post(account, `sessions/${id}/end`, body)).json as MemorySession;
  const total = async (account: Account): Promise<number> =>
    ((await get(account, 'stats')).json as { total_memories: number }).total_memories;

  test('count what was stored during them and leave a summary that can be recalled', async () => {
    const account = await newAccount();
    await store(account, [{ content: 'before it began', session_id: 'chat' }]);
    const begun = await start(account, { session_id: 'chat' });
    expect(begun).toMatchObject({ session_id: 'chat', ended_at: null, summary: null });
    await store(account, [
      { content: 'a fact about tea', importance: 0.2, session_id: 'chat' },
      { content: 'big decision on database', importance: 0.9, session_id: 'chat' },
      { content: 'of another conversation', importance: 1, session_id: 'other' },
    ]);
    const open = (await get(account, 'sessions/chat')).json;
    expect(open).toEqual({ ...begun, memories: 2 });
    const ended = await end(account, 'chat');
    expect(ended).toMatchObject({
      memories: 2,
      summary: 'big decision on database | a fact about tea',
    });
    expect(ended.ended_at).toBeGreaterThanOrEqual(begun.started_at);
    const { json } = await get(account, `memories/${ended.summary_memory_id}`);
    expect(json).toMatchObject({
      content: '[Session Summary] big decision on database | a fact about tea',
      importance: 0.7,
      session_id: 'chat',
    });
    // A retry of either end of it changes nothing.
    const before = await total(account);
    expect(await end(account, 'chat')).toEqual(ended);
    expect(await total(account)).toBe(before);
    expect((await post(account, 'sessions', { session_id: 'chat' })).status).toBe(409);
    expect((await get(account, 'sessions/chat')).json).toEqual(ended);
  });

  test('go on when begun twice, and end without a summary when nobody wants one', async () => {
    const account = await newAccount();
    const begun = await start(account, {});
    expect(begun.session_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await start(account, { session_id: begun.session_id })).toEqual(begun);
    await store(account, [{ content: 'hello', session_id: begun.session_id }]);
    const ended = await end(account, begun.session_id, { summarize: false });
    expect(ended).toMatchObject({ memories: 1, summary: null, summary_memory_id: null });
    const empty = await end(account, (await start(account, {})).session_id);
    expect(empty).toMatchObject({ memories: 0, summary: '', summary_memory_id: null });
    expect(await total(account)).toBe(1);
  });

  test('end in a full store too, with the summary in themselves alone', async () => {
    const account = await server.createAccount('talk-full@example.com', 'free');
    await start(account, { session_id: 'chat' });
    const many = Array.from({ length: 100 }, (_, n) => ({ content: `n${n}`, session_id: 'chat' }));
    for (let stored = 0; stored < 1_000; stored += 100) await store(account, many);
    const ended = await end(account, 'chat');
    expect(ended).toMatchObject({ memories: 1_000, summary_memory_id: null });
    expect(ended.summary).toBe('n0 | n1 | n2 | n3 | n4');
  });

  test('are listed page by page, the newest first', async () => {
    const account = await newAccount();
    for (const id of ['a', 'b', 'c']) await start(account, { session_id: id });
    const page = (await get(account, 'sessions?limit=2')).json as MemorySessionList;
    expect(page.items.map(({ session_id }) => session_id)).toEqual(['c', 'b']);
    const next = await get(account, `sessions?limit=2&cursor=${page.next_cursor}`);
    expect(next.json).toMatchObject({ items: [{ session_id: 'a' }], next_cursor: null });
    expect((await get(account, 'sessions?cursor=nonsense')).status).toBe(400);
  });

  test('of another account are not there', async () => {
    verifies('NFR-isolation', 'FR-02');
    const [mine, others] = [await newAccount(), await newAccount()];
    await start(others, { session_id: 'chat' });
    await store(others, [{ content: 'secret', session_id: 'chat' }]);
    expect((await get(mine, 'sessions/chat')).status).toBe(404);
    expect((await post(mine, 'sessions/chat/end', {})).status).toBe(404);
    expect((await get(mine, 'sessions')).json).toEqual({ items: [], next_cursor: null });
    // The same name is free for everybody.
    await start(mine, { session_id: 'chat' });
    expect(await end(mine, 'chat')).toMatchObject({ memories: 0, summary: '' });
    expect((await get(others, 'sessions/chat')).json).toMatchObject({
      memories: 1,
      ended_at: null,
    });
  });

  test('of another agent are not there for a key that is bound to one', async () => {
    const account = await newAccount();
    const { json } = await send(
      `${server.url}/auth/api-keys`,
      jsonBody({ agent_id: 'guide' }, { 'X-API-Key': account.key }),
    );
    const guide = { key: (json as { api_key: string }).api_key };
    await start(account, { session_id: 'cooking', agent_id: 'cook' });
    expect(await start(guide, { session_id: 'guiding' })).toMatchObject({ agent_id: 'guide' });
    expect((await get(guide, 'sessions/cooking')).status).toBe(404);
    expect((await post(guide, 'sessions/cooking/end', {})).status).toBe(404);
    expect((await post(guide, 'sessions', { session_id: 'cooking' })).status).toBe(409);
    const listed = (await get(guide, 'sessions')).json as MemorySessionList;
    expect(listed.items.map(({ session_id }) => session_id)).toEqual(['guiding']);
    expect((await get(guide, 'agents')).status).toBe(403);
  });

  test('go first in a recall that has no room for all, which keeps the order of relevance', async () => {
    const account = await newAccount();
    await store(account, [
      { content: 'green tea', session_id: 'old' },
      { content: 'more green tea', session_id: 'old' },
      { content: 'some day there was tea on that long evening', session_id: 'now' },
    ]);
    const recalled = async (query: string): Promise<unknown[]> => {
      const { json, text, status } = await get(account, `recall?q=green+tea&${query}`);
      expect(status, text).toBe(200);
      return (json as { session_id: string | null }[]).map(({ session_id }) => session_id);
    };
    expect(await recalled('limit=1')).toEqual(['old']);
    expect(await recalled('limit=1&prefer_session=now')).toEqual(['now']);
    expect(await recalled('limit=2&prefer_session=now')).toEqual(['old', 'now']);
    expect(await recalled('limit=3&prefer_session=now')).toEqual(await recalled('limit=3'));
    expect(await recalled('limit=1&prefer_session=other')).toEqual(['old']);
    expect((await get(account, 'recall?q=tea&prefer_session=now&cursor=x')).status).toBe(400);
  });

  test('agents are listed with their memories', async () => {
    const [account, others] = [await newAccount(), await newAccount()];
    await store(others, [{ content: 'x', agent_id: 'stranger' }]);
    await store(account, [
      { content: 'x', agent_id: 'cook' },
      { content: 'y', agent_id: 'cook' },
      { content: 'z', agent_id: 'guide' },
      { content: 'of nobody' },
    ]);
    const first = (await get(account, 'agents?limit=1')).json as { next_cursor: string };
    expect(first).toMatchObject({ items: [{ agent_id: 'cook', memories: 2 }] });
    expect((await get(account, `agents?cursor=${first.next_cursor}`)).json).toEqual({
      items: [{ agent_id: 'guide', memories: 1 }],
      next_cursor: null,
    });
  });
});
