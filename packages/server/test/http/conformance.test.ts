import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenApiDocument } from '../../src/http/open-api-types.js';
import { routes } from '../../src/http/routes.js';
import { Conformance } from './support/conformance.js';
import { type Answer, jsonBody, send } from './support/exchange.js';
import { aliceKey, operatorToken, startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
let document: OpenApiDocument;
let conformance: Conformance;

beforeAll(async () => {
  server = await startServer();
  document = (await send(`${server.url}/openapi.json`)).json as OpenApiDocument;
  conformance = new Conformance(document);
});
afterAll(() => server.close());

describe('The OpenAPI document', () => {
  test('lists every route of the server, each with its policy', () => {
    const listed = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        route: `${method.toUpperCase()} ${path}`,
        security: operation.security,
      })),
    );
    expect(listed.map(({ route }) => route)).toEqual(
      expect.arrayContaining(routes.map(({ method, path }) => `${method} ${path}`)),
    );
    expect(listed).toHaveLength(routes.length);
    const store = listed.find(({ route }) => route === 'POST /api/v1/store');
    expect(store?.security).toEqual([{ apiKey: ['write'] }, { bearer: ['write'] }]);
    expect(listed.find(({ route }) => route === 'GET /livez')?.security).toEqual([]);
    expect(listed.find(({ route }) => route === 'POST /admin/users')?.security).toEqual([
      { operatorToken: [] },
    ]);
  });

  test('gives every operation a unique id, a summary and examples that its own schemas accept', () => {
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const route of routes) {
      const { example, schema } = route.success;
      expect(route.body?.safeParse(route.bodyExample).error).toBeUndefined();
      expect(example && schema.safeParse(example).error).toBeUndefined();
    }
  });

  test('refers only to schemas that it holds', () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference);
    const held = Object.keys(document.components.schemas);
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references)
      expect(held.map((name) => `#/components/schemas/${name}`)).toContain(reference);
  });

  test('shows defaults and bounds of parameters as the server applies them', () => {
    const recall = document.paths['/api/v1/recall']?.['get'];
    const limit = recall?.parameters?.find(({ name }) => name === 'limit');
    expect(limit?.schema).toEqual({ type: 'integer', minimum: 1, maximum: 100, default: 5 });
    expect(recall?.parameters?.find(({ name }) => name === 'q')).toMatchObject({ required: true });
  });

  test('leaves out the operator when the server has no operator token', async () => {
    const plain = await startServer({ admin: undefined });
    const { json } = await send(`${plain.url}/openapi.json`);
    const absent = await send(`${plain.url}/admin/users`, jsonBody({ email: 'a@example.com' }));
    await plain.close();
    expect(
      Object.keys((json as OpenApiDocument).paths).filter((path) => path.startsWith('/admin')),
    ).toEqual([]);
    expect(absent.status).toBe(404);
  });
});

const emptyExport = { type: 'end', memories: 0, content_hash: '0'.repeat(64) };

describe('Every operation', () => {
  test('answers a good request as documented', async () => {
    const seen: string[] = [];
    const call = async (
      method: string,
      path: string,
      body?: unknown,
      type = 'application/json',
    ): Promise<Answer> => {
      const url = `${server.url}${path}`;
      const token = path.startsWith('/admin') ? operatorToken : aliceKey;
      const headers = { authorization: `Bearer ${token}`, 'x-signature': 'good' };
      const options =
        body === undefined ? { headers } : jsonBody(body, { ...headers, 'content-type': type });
      const answer = await send(url, { ...options, method });
      expect(conformance.problemOf(method, url, answer), `${method} ${path}`).toBeUndefined();
      expect(answer.status, `${method} ${path}: ${answer.text}`).toBeLessThan(300);
      seen.push(`${method} ${path.split('?')[0]}`);
      return answer;
    };
    const { id } = (await call('POST', '/api/v1/store', { content: 'one' })).json as { id: string };
    await call('POST', '/api/v1/store/batch', { memories: [{ content: 'two' }] });
    await call('GET', '/api/v1/recall?q=one&limit=3&zone=2&since=2020-01-01&until=1900000000');
    await call('POST', '/api/v1/recall/batch', { queries: [{ q: 'one' }, { q: 'two', zone: 2 }] });
    await call('GET', '/api/v1/recall/context?q=one&max_tokens=50');
    await call('GET', '/api/v1/memories?limit=1&offset=0');
    const got = await call('GET', `/api/v1/memories/${id}`);
    expect(got.headers.get('etag')).toMatch(/^"v\d+"$/);
    await call('PATCH', `/api/v1/memories/${id}`, { pinned: true, speaker: null });
    await call('GET', `/api/v1/memories/${id}/history?limit=2&cursor=7`);
    await call('POST', `/api/v1/memories/${id}/restore`);
    await call('DELETE', `/api/v1/forget/${id}?permanent=true`);
    await call('GET', '/api/v1/forgotten?limit=1');
    await call('GET', '/api/v1/timeline');
    await call('POST', '/api/v1/narrate', { topic: 'one' });
    await call('POST', '/api/v1/sessions', { session_id: 'chat' });
    await call('GET', '/api/v1/sessions?limit=2');
    await call('GET', '/api/v1/sessions/chat');
    await call('POST', '/api/v1/sessions/chat/end', {});
    await call('GET', '/api/v1/agents');
    await call('GET', '/api/v1/memories/m1/related?depth=2&min_weight=0.3');
    await call('GET', '/api/v1/memories/m1/path?to=m2');
    await call('GET', '/api/v1/graph?topic=one&limit=5');
    await call('GET', '/api/v1/introspect?topic=one');
    await call('GET', '/api/v1/recall/confident?query=one');
    await call('POST', '/api/v1/evaluate', { content: 'Remember the meeting!!' });
    await call('GET', '/api/v1/stats');
    await call('POST', '/api/v1/reorbit');
    await call('GET', '/api/v1/export');
    await call('POST', '/api/v1/import', emptyExport, 'application/x-ndjson');
    await call('POST', '/api/v1/mutations', {
      mutations: [
        {
          mid: 'of-conformance',
          hlc: '1700000000000.0',
          ops: [{ op: 'store', memory: { content: 'three' } }],
        },
      ],
    });
    await call('GET', '/api/v1/changes?limit=10&wait=1');
    await call('GET', '/api/v1/events?follow=false');
    await call('POST', '/api/v1/sync/ticket', { origin: 'https://app.example.com' });
    const key = (await call('POST', '/auth/api-keys', {})).json as { id: string };
    await call('GET', '/auth/api-keys');
    await call('POST', `/auth/api-keys/${key.id}/rotate`, {});
    await call('DELETE', `/auth/api-keys/${key.id}`);
    const asked = await call('POST', '/auth/register', { email: 'mina@example.com' });
    const { request } = asked.json as { request: string };
    await call('POST', '/auth/verify', { request, code: '1234 5678' });
    await call('GET', '/auth/sessions');
    await call('DELETE', `/auth/sessions/${request}`);
    await call('DELETE', '/auth/account', { request, code: '1234 5678' });
    await call('POST', '/auth/account/restore', { request, code: '1234 5678' });
    await call('POST', '/auth/device', {});
    await call('POST', '/auth/device/token', { device_code: 'c' });
    await call('POST', '/auth/device/inspect', { user_code: 'BCDF-GHJK' });
    await call('POST', '/auth/device/decide', { user_code: 'BCDF-GHJK', grant: true });
    await call('GET', '/sign-in?lang=ko');
    await call('GET', '/device');
    await call('GET', '/pricing');
    await call('POST', '/billing/lemonsqueezy/checkout', { tier: 'pro' });
    await call('GET', '/billing/portal');
    await call('POST', '/billing/plan', { tier: 'free' });
    await call('GET', '/billing/subscription');
    const event = { meta: { event_name: 'x' }, data: { type: 'subscriptions', id: '1' } };
    await call('POST', '/webhook/lemonsqueezy', event);
    await call('GET', '/auth/usage');
    await call('GET', '/auth/audit?limit=5&before=9');
    await call('GET', '/auth/audit/chain');
    await call('GET', '/auth/account/export');
    await call('POST', '/api/v1/forgetting/preview', { after_days: 30 });
    await call('GET', '/api/v1/settings');
    await call('PATCH', '/api/v1/settings', { duplicates: 'merge' });
    const created = await call('POST', '/admin/users', { email: 'Mina@Example.com' });
    const user = created.json as { user_id: string; email: string };
    expect([created.status, user.email]).toEqual([201, 'mina@example.com']);
    await call('GET', '/admin/users?query=mina&limit=5');
    await call('GET', '/admin/erasures');
    await call('GET', `/admin/users/${user.user_id}`);
    await call('PATCH', `/admin/users/${user.user_id}`, { tier: 'promax' });
    await call('POST', `/admin/users/${user.user_id}/api-keys`, { name: 'from the operator' });
    await call('DELETE', `/admin/users/${user.user_id}`, { reason: 'asked for it' });
    await call('POST', `/admin/users/${user.user_id}/restore`, { reason: 'a mistake' });
    for (const path of [
      '/api/v1/health',
      '/livez',
      '/readyz',
      '/metrics',
      '/openapi.json',
      '/docs',
    ])
      await call('GET', path);
    expect(seen).toHaveLength(routes.length);
  });
});

describe('The conformance check', () => {
  const url = 'http://127.0.0.1/api/v1/stats';
  const answer = (status: number, json: unknown, type = 'application/json'): Answer => ({
    status,
    headers: new Headers({ 'content-type': type, 'x-request-id': 'r1' }),
    text: JSON.stringify(json),
    json,
  });
  const problem = {
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    code: 'not_found',
    next: 'x',
    request_id: 'r1',
  };

  test.each([
    ['a body that the schema refuses', answer(200, { total_memories: 'many' })],
    ['a status that is not listed', answer(204, {})],
    ['an error that is no problem', answer(401, { detail: 'no' })],
    ['a code that the operation does not list', answer(404, problem, 'application/problem+json')],
    [
      'a problem with another request id',
      answer(
        401,
        { ...problem, status: 401, code: 'unauthorized', request_id: 'r2' },
        'application/problem+json',
      ),
    ],
  ])('finds %s', (_name, wrong) => {
    expect(conformance.problemOf('GET', url, wrong)).toBeTypeOf('string');
  });
});
