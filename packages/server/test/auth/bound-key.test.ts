import { afterAll, beforeAll, expect, test } from 'vitest';
import { jsonBody, send } from '../http/support/exchange.js';
import { type FullServer, startFullServer } from '../http/support/full-server.js';
import { describeEngines, type TestDatabase } from '../support/engines.js';

describeEngines('a key bound to an agent', (engine) => {
  let db: TestDatabase;
  let server: FullServer;
  let owner: string;
  let bound: string;
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
    owner = (await server.createAccount('bound@example.com')).key;
    const made = await ask(owner, 'POST', '/auth/api-keys', { name: 'robot', agent_id: 'robot' });
    bound = (made.json as { api_key: string }).api_key;
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  const ask = (key: string, method: string, path: string, body?: object) => {
    const headers = { 'X-API-Key': key };
    return send(server.url + path, {
      ...(body === undefined ? { headers } : jsonBody(body, headers)),
      method,
    });
  };
  const store = async (key: string, body: object) =>
    ((await ask(key, 'POST', '/api/v1/store', body)).json as { id: string }).id;

  test('stores as that agent, whether or not it says so, and as no other', async () => {
    for (const named of [{}, { agent_id: 'robot' }]) {
      const id = await store(bound, { content: 'A harbour crane.', ...named });
      const { json } = await ask(owner, 'GET', `/api/v1/memories/${id}`);
      expect(json).toMatchObject({ agent_id: 'robot' });
    }
    const memory = { content: 'x', agent_id: 'other' };
    for (const [path, body] of [
      ['/api/v1/store', memory],
      ['/api/v1/store/batch', { memories: [{ content: 'y' }, memory] }],
    ] as const) {
      const answer = await ask(bound, 'POST', path, body);
      expect(answer.status).toBe(403);
      expect(answer.json).toMatchObject({ code: 'agent_not_allowed' });
    }
  });

  test('recalls what that agent stored and nothing else', async () => {
    await store(owner, { content: 'A lighthouse of the owner.' });
    await store(owner, { content: 'A lighthouse of another.', agent_id: 'other' });
    const id = await store(bound, { content: 'A lighthouse of the robot.' });
    const found = await ask(bound, 'GET', '/api/v1/recall?q=lighthouse');
    expect((found.json as { id: string }[]).map((memory) => memory.id)).toEqual([id]);
    const context = await ask(bound, 'GET', '/api/v1/recall/context?q=lighthouse');
    expect(context.json).toMatchObject({ memories: [id] });
    const batch = await ask(bound, 'POST', '/api/v1/recall/batch', {
      queries: [{ q: 'lighthouse' }],
    });
    expect(batch.json).toMatchObject({ results: [[{ id }]] });
    expect((await ask(bound, 'GET', '/api/v1/recall?q=x&agent_id=other')).status).toBe(403);
  });

  test('meets a memory of another agent as one that is not there', async () => {
    const theirs = await store(owner, { content: 'Of another.', agent_id: 'other' });
    const mine = await store(bound, { content: 'Of the robot.' });
    for (const [method, path, body] of [
      ['GET', '/api/v1/memories/', undefined],
      ['PATCH', '/api/v1/memories/', { pinned: true }],
      ['DELETE', '/api/v1/forget/', undefined],
    ] as const) {
      expect((await ask(bound, method, path + theirs, body)).status).toBe(404);
      expect((await ask(bound, method, path + mine, body)).status).toBe(200);
    }
    expect((await ask(owner, 'GET', `/api/v1/memories/${theirs}`)).status).toBe(200);
  });

  test('is not told what another agent was answered for the same Idempotency-Key', async () => {
    const retried = (key: string) =>
      send(
        `${server.url}/api/v1/store`,
        jsonBody({ content: 'Once.' }, { 'X-API-Key': key, 'Idempotency-Key': 'one key' }),
      );
    const [theirs, mine, again] = [
      await retried(owner),
      await retried(bound),
      await retried(bound),
    ];
    expect(mine.json).toEqual(again.json);
    expect(mine.json).not.toEqual(theirs.json);
  });

  test('cannot give a memory to another agent, nor away', async () => {
    const mine = await store(bound, { content: 'Of the robot.' });
    for (const agent_id of ['other', null]) {
      const answer = await ask(bound, 'PATCH', `/api/v1/memories/${mine}`, { agent_id });
      expect(answer.json).toMatchObject({ status: 403, code: 'agent_not_allowed' });
    }
  });

  test('does not see what concerns the whole account', async () => {
    for (const path of ['/api/v1/memories', '/api/v1/timeline', '/api/v1/stats', '/auth/usage']) {
      const answer = await ask(bound, 'GET', path);
      expect(answer.json, path).toMatchObject({ status: 403, code: 'agent_not_allowed' });
    }
    const keys = await ask(bound, 'GET', '/auth/api-keys');
    expect((keys.json as { items: { name: string }[] }).items.map(({ name }) => name)).toEqual([
      'robot',
    ]);
  });
});
