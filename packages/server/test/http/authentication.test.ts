import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/http/route.js';
import { routes } from '../../src/http/routes.js';
import { verifies } from '../support/verifies.js';
import { jsonBody, send, sendRaw } from './support/exchange.js';
import { alice, bob } from './support/fake-services.js';
import {
  aliceKey,
  bobKey,
  operatorToken,
  readerKey,
  startServer,
  type TestServer,
} from './support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const stats = (headers: Record<string, string>) => send(`${server.url}/api/v1/stats`, { headers });

describe('A key', () => {
  test.each([
    ['X-API-Key', { 'X-API-Key': aliceKey }],
    ['Authorization: Bearer', { Authorization: `Bearer ${aliceKey}` }],
    ['Authorization: Token', { Authorization: `Token ${aliceKey}` }],
    ['a scheme in any case', { Authorization: `bEARER ${aliceKey}` }],
    ['two headers that agree', { 'X-API-Key': aliceKey, Authorization: `Token ${aliceKey}` }],
  ])('is taken from %s', async (_name, headers) => {
    expect((await stats(headers)).status).toBe(200);
  });

  test.each([
    ['none', {}],
    ['an unknown one', { 'X-API-Key': 'nobody' }],
    ['an empty one', { 'X-API-Key': '' }],
    ['one of a megabyte', { 'X-API-Key': 'k'.repeat(20_000) }],
    ['two that differ', { 'X-API-Key': aliceKey, Authorization: `Bearer ${bobKey}` }],
    ['a good one beside Basic', { 'X-API-Key': aliceKey, Authorization: 'Basic YTpi' }],
    ['one without a scheme', { Authorization: aliceKey }],
    ['a scheme without a key', { Authorization: 'Bearer ' }],
    ['two keys in one header', { Authorization: `Bearer ${aliceKey}, Bearer ${bobKey}` }],
  ])('is refused: %s', async (_name, headers) => {
    const answer = await stats(headers);
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ code: 'unauthorized' });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    expect(answer.text).not.toContain(aliceKey);
  });

  test('sent twice in Authorization is refused, though Node would keep the first in silence', async () => {
    const lines = [
      'GET /api/v1/stats HTTP/1.1',
      'Host: x',
      `Authorization: Bearer ${aliceKey}`,
      `Authorization: Bearer ${bobKey}`,
      'Connection: close',
    ];
    expect((await sendRaw(server.port, `${lines.join('\r\n')}\r\n\r\n`)).status).toBe(401);
  });

  test('is never taken from the URL', async () => {
    for (const name of ['api_key', 'key', 'token', 'access_token']) {
      const url = `${server.url}/api/v1/stats?${name}=${aliceKey}`;
      expect((await send(url)).status).toBe(401);
      const answer = await send(url, { headers: { 'X-API-Key': aliceKey } });
      expect(answer.status).toBe(400);
      expect(answer.json).toMatchObject({ errors: [{ pointer: `/${name}` }] });
      expect(answer.text).not.toContain(aliceKey);
    }
  });

  test('without the scope of an operation gets 403, and may do what its scope allows', async () => {
    const store = await send(
      `${server.url}/api/v1/store`,
      jsonBody({ content: 'x' }, { 'X-API-Key': readerKey }),
    );
    expect(store.status).toBe(403);
    expect(store.json).toMatchObject({ code: 'insufficient_scope' });
    expect(store.headers.get('www-authenticate')).toContain('insufficient_scope');
    expect((await stats({ 'X-API-Key': readerKey })).status).toBe(200);
    const keys = await send(`${server.url}/auth/api-keys`, { headers: { 'X-API-Key': readerKey } });
    expect(keys.status).toBe(403);
  });
});

describe('A stranger', () => {
  const guarded = routes.filter(({ access }) => access !== 'open' && access !== 'visitor');

  test.each(guarded)('learns nothing from $method $path but that it needs a key', async (route) => {
    const url = `${server.url}${route.path.replace('{id}', '%00')}?nonsense=1&nonsense=2`;
    const body = route.method === 'GET' ? {} : jsonBody('{"broken');
    const answer = await send(url, { ...body, method: route.method });
    expect(answer.status).toBe(401);
  });

  test('who sends no key is refused without asking for one, and without reading his body', async () => {
    const before = server.keys.asked;
    // The body never comes: only its length is announced.
    const lines = ['POST /api/v1/store HTTP/1.1', 'Host: x', 'Content-Type: application/json'];
    const request = [...lines, 'Content-Length: 200000', 'Connection: close', '', ''].join('\r\n');
    const answer = await sendRaw(server.port, request);
    expect(answer.status).toBe(401);
    expect(server.keys.asked).toBe(before);
  });
});

describe('The operator', () => {
  const create = (headers: Record<string, string>) =>
    send(`${server.url}/admin/users`, jsonBody({ email: 'x@example.com' }, headers));

  test.each([
    ['no token', {}],
    ['a wrong token', { Authorization: 'Bearer operator-token-of-the-tesT' }],
    ['a longer token', { Authorization: `Bearer ${operatorToken}x` }],
    ["a user's key", { 'X-API-Key': aliceKey }],
    ["a user's key as the token", { Authorization: `Bearer ${aliceKey}` }],
    [
      "the token beside a user's key",
      { Authorization: `Bearer ${operatorToken}`, 'X-API-Key': aliceKey },
    ],
  ])('is not let in with %s', async (_name, headers) => {
    expect((await create(headers)).status).toBe(401);
  });

  test('gets no further with his token than the operator routes', async () => {
    expect((await stats({ Authorization: `Bearer ${operatorToken}` })).status).toBe(401);
  });

  test('is told of an account that exists by 409, without a key', async () => {
    const headers = { Authorization: `Bearer ${operatorToken}` };
    expect((await create(headers)).status).toBe(201);
    const again = await create(headers);
    expect(again.status).toBe(409);
    expect(again.text).not.toContain('sm_live_');
  });
});

/** Where a request is refused without one. */
const requiredQueries: Readonly<Record<string, string>> = {
  recall: '?q=x',
  recallContext: '?q=x',
  recallConfident: '?query=x',
  introspect: '?topic=x',
  memoryPath: '?to=m2',
  memoryGraph: '?topic=x',
};
/** Judges the text of the request and nothing else. */
const readsNothing = 'evaluate';

function bodyFor(route: Route, headers: Record<string, string>): RequestInit {
  if (route.lines !== undefined)
    return jsonBody('{"type":"x"}', { ...headers, 'content-type': 'application/x-ndjson' });
  return route.body === undefined ? { headers } : jsonBody(route.bodyExample, headers);
}

describe('The user of a request', () => {
  verifies('FR-04', 'F2');

  test('is the one whose key it carries, in every operation and whatever else it says', async () => {
    const userOperations = routes.filter(({ access }) => typeof access === 'object');
    const memoryOperations = userOperations.filter(
      ({ tag, operationId }) => tag === 'Memories' && operationId !== readsNothing,
    );
    expect(memoryOperations.length).toBeGreaterThanOrEqual(9);
    for (const route of memoryOperations) {
      server.memories.actedFor.length = 0;
      const query = requiredQueries[route.operationId] ?? '';
      const url = `${server.url}${route.path.replace('{id}', 'm1')}${query}`;
      const headers = {
        'X-API-Key': bobKey,
        'X-User-Id': alice,
        'X-Forwarded-User': alice,
        Cookie: `user_id=${alice}`,
      };
      await send(url, { ...bodyFor(route, headers), method: route.method });
      expect(new Set(server.memories.actedFor), `${route.method} ${route.path}`).toEqual(
        new Set([bob]),
      );
    }
  });

  test.each(['user_id', 'userId', 'owner', 'tenant'])(
    'cannot be named in a body: %s',
    async (field) => {
      const answer = await send(
        `${server.url}/api/v1/store`,
        jsonBody({ content: 'x', [field]: alice }, { 'X-API-Key': bobKey }),
      );
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({ errors: [{ pointer: `/${field}` }] });
    },
  );

  test("meets another user's memory as one that does not exist, answer for answer", async () => {
    const stored = await send(
      `${server.url}/api/v1/store`,
      jsonBody({ content: 'of alice' }, { 'X-API-Key': aliceKey }),
    );
    const { id } = stored.json as { id: string };
    const asBob = async (method: string, path: string) => {
      const headers = { 'X-API-Key': bobKey };
      const options = method === 'PATCH' ? jsonBody({ pinned: true }, headers) : { headers };
      const answer = await send(`${server.url}${path}`, { ...options, method });
      const known = new Set(['x-request-id', 'date']);
      const seen = [...answer.headers].filter(([name]) => !known.has(name));
      return { status: answer.status, seen, body: { ...(answer.json as object), request_id: '' } };
    };
    for (const [method, path] of [
      ['GET', '/api/v1/memories/'],
      ['PATCH', '/api/v1/memories/'],
      ['DELETE', '/api/v1/forget/'],
    ] as const) {
      const others = await asBob(method, `${path}${id}`);
      expect(others.status).toBe(404);
      expect(others).toEqual(await asBob(method, `${path}m999999`));
    }
  });
});
