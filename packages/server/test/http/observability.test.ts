import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLogger } from '../../src/http/logger.js';
import { createBarrier } from './support/barrier.js';
import { jsonBody, send } from './support/exchange.js';
import { alice } from './support/fake-services.js';
import { aliceKey, operatorToken, startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const patiently = { timeout: 20_000 };
const lines = () => server.log.map((line) => JSON.parse(line) as Record<string, unknown>);
const lineOf = (requestId: string | null) =>
  vi.waitUntil(() => lines().find(({ request_id }) => request_id === requestId), patiently);

describe('The log', () => {
  test('has one line a request: id, route, status, time and user', async () => {
    const { headers } = await send(`${server.url}/api/v1/stats`, {
      headers: { 'X-API-Key': aliceKey },
    });
    const line = await lineOf(headers.get('x-request-id'));
    expect(line).toMatchObject({
      level: 'info',
      method: 'GET',
      route: '/api/v1/stats',
      status: 200,
      user_id: alice,
      duration_ms: expect.any(Number) as number,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    });
  });

  test('holds no credential, no content, no query and no id that a client chose', async () => {
    const canary = `canary-${randomUUID()}`;
    const headers = { 'X-API-Key': aliceKey, Cookie: canary, 'User-Agent': canary };
    await send(`${server.url}/api/v1/store`, jsonBody({ content: canary }, headers));
    await send(`${server.url}/api/v1/store`, jsonBody(`{"content":"${canary}`, headers));
    await send(`${server.url}/api/v1/recall?q=${canary}&bad=${canary}`, { headers });
    await send(`${server.url}/api/v1/memories/${canary}`, { headers });
    await send(`${server.url}/${canary}`, { headers });
    await send(`${server.url}/api/v1/stats`, { headers: { Authorization: `Bearer ${canary}` } });
    const last = await send(`${server.url}/admin/users`, {
      ...jsonBody({ email: `${canary}@example.com` }, { Authorization: `Bearer ${operatorToken}` }),
    });
    await lineOf(last.headers.get('x-request-id'));
    const log = server.log.join('');
    for (const secret of [canary, aliceKey, operatorToken]) expect(log).not.toContain(secret);
  });

  test('joins the trace of the caller, and ignores a traceparent that is malformed', async () => {
    const traced = async (traceparent: string) => {
      const { headers } = await send(`${server.url}/livez`, { headers: { traceparent } });
      return (await lineOf(headers.get('x-request-id')))['trace_id'];
    };
    const id = '0af7651916cd43dd8448eb211c80319c';
    expect(await traced(`00-${id}-b7ad6b7169203331-01`)).toBe(id);
    expect(await traced(`00-${'0'.repeat(32)}-b7ad6b7169203331-01`)).toBeUndefined();
    expect(await traced('00-nonsense-01')).toBeUndefined();
    expect(await traced(`ff-${id}-b7ad6b7169203331-01`)).toBeUndefined();
  });

  test('redacts a credential that code hands to it', () => {
    const written: string[] = [];
    const logger = createLogger('info', { write: (line) => void written.push(line) });
    logger.info({ headers: { authorization: 'canary', 'x-api-key': 'canary', cookie: 'canary' } });
    logger.info({ req: { headers: { authorization: 'canary' } }, token: 'canary' });
    expect(written.join('')).not.toContain('canary');
    expect(written.join('')).toContain('[redacted]');
  });

  test('says of errors that were gathered in one what each was, and nothing of what they quote', () => {
    const written: string[] = [];
    const logger = createLogger('info', { write: (line) => void written.push(line) });
    const quoting = Object.assign(new TypeError('a row with a canary'), { code: '23505' });
    logger.warn({ err: new AggregateError([quoting, 'canary'], 'recalls could not be counted') });
    const { err } = JSON.parse(written[0]!) as { err: unknown };
    expect(err).toMatchObject({
      type: 'AggregateError',
      message: 'recalls could not be counted',
      errors: [{ type: 'TypeError', code: '23505' }, { type: 'Error' }],
    });
    expect(written.join('')).not.toContain('canary');
  });

  test('notes a request that never became one', async () => {
    const before = server.log.length;
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      socket.on('close', () => resolve()).resume();
    });
    await vi.waitUntil(
      () =>
        lines()
          .slice(before)
          .some(({ status }) => status === 400),
      patiently,
    );
  });
});

describe('The metrics', () => {
  const scrape = async () => (await send(`${server.url}/metrics`)).text;

  test('count requests by route, method and status in the buckets of OpenTelemetry', async () => {
    const fresh = await startServer();
    for (let sent = 0; sent < 3; sent += 1) await send(`${fresh.url}/livez`);
    const { text, headers } = await send(`${fresh.url}/metrics`);
    await fresh.close();
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const labels = 'http_request_method="GET",http_route="/livez",http_response_status_code="200"';
    expect(text).toContain(`http_server_request_duration_seconds_count{${labels}} 3\n`);
    expect(text).toContain(`http_server_request_duration_seconds_bucket{${labels},le="+Inf"} 3\n`);
    const buckets = [...text.matchAll(/livez.*le="([^"]+)"\} (\d+)/g)];
    expect(buckets.map(([, bound]) => bound)).toContain('0.005');
    const counts = buckets.map(([, , count]) => Number(count));
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(text).toContain('http_server_active_requests 1\n');
  });

  test('name no tenant, no id and no path that a client made up', async () => {
    const canary = `canary-${randomUUID()}`;
    const headers = { 'X-API-Key': aliceKey };
    await send(`${server.url}/api/v1/memories/${canary}`, { headers });
    await send(`${server.url}/${canary}`, { headers });
    const text = await scrape();
    expect(text).toContain('http_route="/api/v1/memories/{id}"');
    for (const secret of [canary, alice]) expect(text).not.toContain(secret);
  });

  test('come back to one active request after a client has left in the middle', async () => {
    const entered = createBarrier();
    const release = createBarrier();
    const slow = await startServer({
      readiness: {
        problems: async () => {
          entered.open();
          await release.opened;
          return [];
        },
      },
    });
    const socket = connect(slow.port, '127.0.0.1', () =>
      socket.write('GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n'),
    );
    await entered.opened;
    socket.destroy();
    await vi.waitUntil(() => slow.log.some((line) => line.includes('"status":499')), patiently);
    release.open();
    expect((await send(`${slow.url}/metrics`)).text).toContain('http_server_active_requests 1\n');
    await slow.close();
  });
});
