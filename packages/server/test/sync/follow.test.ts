import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { type EventReader, openEvents } from './event-reader.js';
import { Replica, type ReplicaInput } from './replica.js';

describeEngines('following changes over HTTP', (engine) => {
  verifies('F5', 'FR-09');
  let db: TestDatabase;
  let server: FullServer;
  let key: string;
  let accounts = 0;
  const readers: EventReader[] = [];
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    for (const reader of readers) reader.close();
    await server.close();
    await db.close();
  });
  beforeEach(async () => {
    accounts += 1;
    key = (await server.createAccount(`reader-${accounts}@example.com`)).key;
  });

  const headers = () => ({ 'X-API-Key': key });
  const store = async (content: string) =>
    (await send(`${server.url}/api/v1/store`, jsonBody({ content }, headers()))).json as {
      id: string;
    };
  const changes = async (query: string) => {
    const answer = await send(`${server.url}/api/v1/changes?${query}`, { headers: headers() });
    return { ...answer, page: answer.json as ReplicaInput & { cursor: string; more: boolean } };
  };
  const follow = async (query = '', lastEventId?: string) => {
    const reader = await openEvents(`${server.url}/api/v1/events?${query}`, {
      ...headers(),
      ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }),
    });
    readers.push(reader);
    return reader;
  };

  test('a long poll is answered by the change it waits for', async () => {
    const { page } = await changes('');
    const waiting = changes(`wait=30&cursor=${page.cursor}`);
    const { id } = await store('the harbour at night');
    const { page: news } = await waiting;
    expect(news.events.map(({ ops }) => ops)).toMatchObject([
      [{ op: 'put', memory: { id, content: 'the harbour at night' } }],
    ]);
  });

  test('a long poll without news ends after its time, with the same cursor', async () => {
    const { page } = await changes('');
    const { page: none } = await changes(`wait=1&cursor=${page.cursor}`);
    expect(none).toMatchObject({ mode: 'delta', cursor: page.cursor, events: [], more: false });
  });

  test('a stream begins with what there is and goes on with what changes', async () => {
    const { id } = await store('one');
    const stream = await follow();
    expect(await stream.next()).toMatchObject({
      event: 'snapshot',
      data: { memories: [{ id, content: 'one' }] },
    });
    await store('two');
    expect(await stream.next()).toMatchObject({
      event: 'change',
      data: { from: 1, to: 2, ops: [{ op: 'put', memory: { content: 'two' } }] },
    });
    await send(`${server.url}/api/v1/forget/${id}`, { method: 'DELETE', headers: headers() });
    expect(await stream.next()).toMatchObject({ data: { to: 3, ops: [{ op: 'forget', id }] } });
  });

  test('a stream that comes back with Last-Event-ID goes on where it was', async () => {
    const first = await follow();
    const { id } = (await first.next())!;
    first.close();
    for (const content of ['one', 'two', 'three']) await store(content);
    const again = await follow('', id);
    const replica = new Replica();
    for (let number = 0; number < 3; number += 1)
      replica.applyEvent((await again.next())!.data as never);
    expect(replica.ids).toHaveLength(3);
  });

  test('a stream that does not follow ends when it has told everything', async () => {
    for (const content of ['one', 'two']) await store(content);
    const stream = await follow('follow=false');
    expect(await stream.next()).toMatchObject({ event: 'snapshot' });
    expect(await stream.next()).toBeUndefined();
  });

  test('a stranger’s cursor, an invented one and none at all lead to the same: his own', async () => {
    await store('of the first');
    const { page } = await changes('');
    const { key: otherKey } = await server.createAccount(`other-${accounts}@example.com`);
    const asked = await send(`${server.url}/api/v1/changes?cursor=${page.cursor}`, {
      headers: { 'X-API-Key': otherKey },
    });
    expect(asked.json).toMatchObject({ mode: 'reset', memories: [], events: [] });
  });

  test.each(['x', '1', '0.1', '0.0.~', '0.0.zz', '0.-1.', `0.${'9'.repeat(16)}.`, '0.0.~%00'])(
    'what is no cursor is refused: %s',
    async (cursor) => {
      expect((await changes(`cursor=${cursor}`)).status).toBe(400);
    },
  );

  test('a HEAD of a stream is answered and leaves nothing running', async () => {
    const answer = await send(`${server.url}/api/v1/events`, {
      method: 'HEAD',
      headers: headers(),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
  });
});
