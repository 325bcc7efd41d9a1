import { tierLimits } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeEngines, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';
import { type Answer, jsonBody, send } from './support/exchange.js';
import { type FullServer, startFullServer } from './support/full-server.js';

describeEngines('usage over HTTP', (engine) => {
  let db: TestDatabase;
  let server: FullServer;
  beforeAll(async () => {
    db = await engine.open();
    server = await startFullServer(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  const usage = async (key: string) =>
    (await send(`${server.url}/auth/usage`, { headers: { 'X-API-Key': key } })).json;

  test('says the limits of the tier that are enforced, and follows a change of tier at once', async () => {
    verifies('F3', 'FR-06', 'FR-07', 'FR-08');
    const { key, userId } = await server.createAccount('tiers@example.com', 'free');
    for (const tier of ['free', 'pro', 'promax'] as const) {
      const body = jsonBody({ tier }, { Authorization: `Bearer ${server.operatorToken}` });
      await send(`${server.url}/admin/users/${userId}`, { ...body, method: 'PATCH' });
      const { memories, agents, apiKeys, requestsPerMinute } = tierLimits[tier];
      expect(await usage(key)).toMatchObject({
        tier,
        memories: { used: 0, limit: memories },
        agents: { used: 0, limit: agents },
        api_keys: { used: 1, limit: apiKeys },
        requests_per_minute: requestsPerMinute,
      });
      const enforced = await db.owner.query(
        `select memory_limit::integer as memories, agent_limit as agents from tenant_usage
          where user_id = $1::uuid`,
        [userId],
      );
      expect(enforced).toEqual([{ memories, agents }]);
    }
  });

  test('stands in the headers of a store, and the store beyond the limit says where more is to be had', async () => {
    verifies('F4', 'FR-06');
    const { key } = await server.createAccount('full@example.com', 'free');
    const headers = { 'X-API-Key': key };
    const memories = Array.from({ length: 100 }, () => ({ content: 'A dry dock.' }));
    for (let batch = 1; batch <= 9; batch += 1)
      await send(`${server.url}/api/v1/store/batch`, jsonBody({ memories }, headers));
    const rest = jsonBody({ memories: memories.slice(1) }, headers);
    const filled = await send(`${server.url}/api/v1/store/batch`, rest);
    expect(filled.headers.get('x-usage-memories')).toBe('999/1000');
    const body = { content: 'The last one.', agent_id: 'a' };
    const last = await send(`${server.url}/api/v1/store`, jsonBody(body, headers));
    expect(last.headers.get('x-usage-memories')).toBe('1000/1000');
    expect(last.headers.get('x-usage-agents')).toBe('1/1');
    const refused = await send(`${server.url}/api/v1/store`, jsonBody({ content: 'x' }, headers));
    expect(refused.json).toMatchObject({
      status: 403,
      code: 'quota_exceeded',
      limit: 1_000,
      used: 1_000,
      upgrade_url: '/pricing',
    });
    expect(await usage(key)).toMatchObject({ memories: { used: 1_000, percent: 100 } });
    const { id } = last.json as { id: string };
    const forgotten = await send(`${server.url}/api/v1/forget/${id}`, {
      method: 'DELETE',
      headers,
    });
    expect(forgotten.headers.get('x-usage-memories')).toBe('999/1000');
    expect(forgotten.headers.get('x-usage-agents')).toBe('0/1');
  });

  test('stands in the headers of every write of memories', async () => {
    verifies('F4');
    const { key } = await server.createAccount('writes@example.com', 'pro');
    const headers = { 'X-API-Key': key };
    const call = (method: string, path: string, body: object) =>
      send(server.url + path, { ...jsonBody(body, headers), method });
    const usageOf = ({ headers: answered, status, text }: Answer) => {
      expect(status, text).toBeLessThan(300);
      return [answered.get('x-usage-memories'), answered.get('x-usage-agents')];
    };
    const stored = await call('POST', '/api/v1/store', {
      content: 'A dry dock.',
      agent_id: 'one',
      session_id: 'talk',
    });
    const { id } = stored.json as { id: string };
    const path = `/api/v1/memories/${id}`;
    expect(usageOf(await call('PATCH', path, { agent_id: 'two' }))).toEqual(['1/50000', '1/5']);
    expect(usageOf(await call('PATCH', path, { agent_id: null }))).toEqual(['1/50000', '0/5']);
    const mutate = (ops: object[]) =>
      call('POST', '/api/v1/mutations', {
        mutations: [{ mid: crypto.randomUUID(), hlc: '1700000000000.0', ops }],
      });
    const memory = { content: 'Another dock.', agent_id: 'three' };
    expect(usageOf(await mutate([{ op: 'store', memory }]))).toEqual(['2/50000', '1/5']);
    expect(usageOf(await mutate([{ op: 'forget', id }]))).toEqual(['1/50000', '1/5']);
    const restored = await send(`${server.url}${path}/restore`, { method: 'POST', headers });
    expect(usageOf(restored)).toEqual(['2/50000', '1/5']);
    await call('POST', '/api/v1/sessions', { session_id: 'talk' });
    await call('POST', '/api/v1/store', { content: 'The tide turns.', session_id: 'talk' });
    const ended = await call('POST', '/api/v1/sessions/talk/end', {});
    expect(usageOf(ended)).toEqual(['4/50000', '1/5']);
  });
});
