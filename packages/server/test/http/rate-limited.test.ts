import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressPerMinute, RateLimits } from '../../src/auth/rate-limits.js';
import { routes } from '../../src/http/routes.js';
import { jsonBody, send, sendRaw } from './support/exchange.js';
import { aliceKey, bobKey, startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
const clock = { now: 1_000_000, nowMs: () => clock.now };
beforeAll(async () => {
  server = await startServer({
    rates: { limits: new RateLimits(clock), trustedProxies: undefined },
  });
});
afterAll(() => server.close());

const ask = (path: string, key: string, init: RequestInit = {}) =>
  send(server.url + path, { headers: { 'X-API-Key': key }, ...init });

describe('A limited server', () => {
  test('says on every answer how much is left', async () => {
    clock.now += 120_000;
    const { headers } = await ask('/api/v1/stats', aliceKey);
    expect(headers.get('ratelimit-policy')).toBe('"account";q=60;w=60');
    expect(headers.get('ratelimit')).toBe('"account";r=59;t=1');
  });

  test('admits the tier’s requests, refuses the next with 429 and says when to come back', async () => {
    clock.now += 120_000;
    for (let n = 0; n < 60; n += 1) expect((await ask('/api/v1/stats', aliceKey)).status).toBe(200);
    const refused = await ask('/api/v1/stats', aliceKey);
    expect(refused.json).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('ratelimit')).toBe('"account";r=0;t=1');
    expect((await ask('/api/v1/stats', bobKey)).status).toBe(200);
    clock.now += 1_000;
    expect((await ask('/api/v1/stats', aliceKey)).status).toBe(200);
  });

  test('refuses before it reads a body', async () => {
    const lines = ['POST /api/v1/store HTTP/1.1', 'Host: x', `X-API-Key: ${aliceKey}`];
    const more = ['Content-Type: application/json', 'Content-Length: 200000', 'Connection: close'];
    for (let n = 0; n < 70; n += 1) await ask('/api/v1/stats', aliceKey);
    const answer = await sendRaw(server.port, [...lines, ...more, '', ''].join('\r\n'));
    expect(answer.status).toBe(429);
  });

  test('counts a batch as several requests', async () => {
    clock.now += 120_000;
    const body = { memories: [{ content: 'x' }] };
    const init = jsonBody(body, { 'X-API-Key': bobKey });
    const { headers } = await ask('/api/v1/store/batch', bobKey, { ...init, method: 'POST' });
    expect(headers.get('ratelimit')).toMatch(/^"account";r=55;/);
  });

  test('limits who has no key by address, but never a probe, and never a good key for the sake of bad ones', async () => {
    clock.now += 120_000;
    for (let n = 0; n < addressPerMinute; n += 1)
      expect((await ask('/api/v1/stats', 'nobody')).status).toBe(401);
    expect((await ask('/api/v1/stats', 'nobody')).status).toBe(429);
    expect((await send(`${server.url}/docs`)).status).toBe(429);
    for (const path of ['/livez', '/readyz', '/metrics', '/api/v1/health'])
      expect((await send(server.url + path)).status).toBe(200);
    expect((await ask('/api/v1/stats', bobKey)).status).toBe(200);
  });

  test('has a cost on every operation that does the work of several', () => {
    const costs = Object.fromEntries(
      routes.map(({ operationId, cost = 1 }) => [operationId, cost]),
    );
    expect(costs).toMatchObject({ storeBatch: 5, recallBatch: 5, store: 1, recall: 1, stats: 1 });
  });
});
