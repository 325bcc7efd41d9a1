import type { ErrorCode } from '@stellar-memory/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonBody, send, sendRaw } from './support/exchange.js';
import { aliceKey, operatorToken, startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const key = { 'X-API-Key': aliceKey };
const store = (body: unknown, headers: Record<string, string> = {}) =>
  send(`${server.url}/api/v1/store`, jsonBody(body, { ...key, ...headers }));
const get = (path: string) => send(`${server.url}${path}`, { headers: key });

describe('A body', () => {
  test.each<[string, unknown, number, ErrorCode]>([
    ['that is not JSON', '{bad', 400, 'invalid_json'],
    ['that is empty', '', 400, 'invalid_json'],
    ['with NaN', '{"content":"a","importance":NaN}', 400, 'invalid_json'],
    ['with a byte order mark', '\ufeff{"content":"a"}', 400, 'invalid_json'],
    ['in bad UTF-8', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), 400, 'invalid_json'],
    ['in overlong UTF-8', new Uint8Array([0x22, 0xc0, 0x80, 0x22]), 400, 'invalid_json'],
    [
      'with an encoded surrogate',
      new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
      400,
      'invalid_json',
    ],
    ['nested 100,000 deep', '['.repeat(100_000), 400, 'invalid_json'],
    [
      'with __proto__',
      '{"content":"a","metadata":{"__proto__":{"admin":true}}}',
      400,
      'invalid_json',
    ],
    ['with a key twice', '{"content":"a","content":"b"}', 400, 'invalid_json'],
    ['with NUL', '{"content":"a\\u0000b"}', 422, 'invalid_content'],
    ['with NUL in a key', '{"content":"a","metadata":{"\\u0000":1}}', 422, 'invalid_content'],
    ['with a lone surrogate', '{"content":"\\ud800"}', 422, 'invalid_content'],
    ['with 1e400', '{"content":"a","metadata":{"n":1e400}}', 422, 'invalid_content'],
    ['with 2^53 + 1', '{"content":"a","metadata":{"n":9007199254740993}}', 422, 'invalid_content'],
    ['with metadata 33 deep', { content: 'a', metadata: nestedObject(33) }, 422, 'invalid_content'],
    ['that is an array', '[]', 422, 'invalid_content'],
    ['that is null', 'null', 422, 'invalid_content'],
    ['without content', {}, 422, 'invalid_content'],
    ['with empty content', { content: '' }, 422, 'invalid_content'],
    ['with content of the wrong type', { content: 123 }, 422, 'invalid_content'],
    ['with an unknown field', { content: 'a', extra: 1 }, 422, 'invalid_content'],
    ['with content of 32 KB and a byte', { content: '한'.repeat(10_923) }, 422, 'invalid_content'],
    ['with importance above 1', { content: 'a', importance: 1.01 }, 422, 'invalid_content'],
    [
      'with a date that is none',
      { content: 'a', occurred_at: '2024-02-30' },
      422,
      'invalid_content',
    ],
    [
      'with a date before year 1',
      { content: 'a', occurred_at: '0000-01-01' },
      422,
      'invalid_content',
    ],
    ['with 65 metadata keys', { content: 'a', metadata: manyKeys(65) }, 422, 'invalid_content'],
    ['of 1 MB', { content: 'a'.repeat(1024 * 1024) }, 413, 'payload_too_large'],
  ])('%s is refused', async (_name, body, status, code) => {
    const answer = await store(body);
    expect([answer.status, answer.json]).toMatchObject([status, { code }]);
  });

  test('of 1 MB in chunks, whose length is not told, is 413 too, and the client gets the answer', async () => {
    const chunk = 'a'.repeat(64 * 1024);
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 16; sent += 1)
          controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    });
    const headers = { ...key, 'content-type': 'application/json' };
    const options = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    expect((await send(`${server.url}/api/v1/store`, options)).status).toBe(413);
  });

  test('at its limits is taken: 32 KB of content, 64 keys, 32 levels', async () => {
    expect((await store({ content: '한'.repeat(10_922) })).status).toBe(200);
    expect((await store({ content: 'a', metadata: manyKeys(64) })).status).toBe(200);
    expect((await store({ content: 'a', metadata: nestedObject(32) })).status).toBe(200);
  });

  test('tells every refused field by its pointer, and repeats no value', async () => {
    const answer = await store({ content: 7, importance: 'canary-1', a: 1, b: 'canary-2' });
    const { errors } = answer.json as { errors: { pointer: string }[] };
    const pointers = errors.map(({ pointer }) => pointer);
    expect(pointers.toSorted()).toEqual(['/a', '/b', '/content', '/importance']);
    expect(answer.text).not.toContain('canary');
  });

  test('names at most 20 refused fields, shortened', async () => {
    const hostile = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`${index}${'x'.repeat(300)}`, 1]),
    );
    const answer = await store({ content: 'a', ...hostile });
    expect((answer.json as { errors: unknown[] }).errors).toHaveLength(20);
    expect(answer.text.length).toBeLessThan(6_000);
  });

  test.each([
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no type that can be read', { 'content-type': 'json' }],
    ['another charset', { 'content-type': 'application/json; charset=euc-kr' }],
    ['compressed', { 'content-encoding': 'gzip' }],
  ])('sent as %s is 415', async (_name, headers) => {
    const answer = await store('{"content":"a"}', headers);
    expect([answer.status, answer.json]).toMatchObject([415, { code: 'unsupported_media_type' }]);
  });

  test('with its charset named as UTF-8 is taken', async () => {
    const type = { 'content-type': 'application/json; charset="UTF-8"' };
    expect((await store('{"content":"a"}', type)).status).toBe(200);
  });

  test('is refused where none belongs', async () => {
    const forget = await send(`${server.url}/api/v1/forget/m1`, {
      ...jsonBody({ all: true }, key),
      method: 'DELETE',
    });
    expect(forget.status).toBe(400);
    const lines = ['GET /api/v1/stats HTTP/1.1', 'Host: x', `X-API-Key: ${aliceKey}`];
    const request = [...lines, 'Content-Length: 2', 'Connection: close', '', '{}'].join('\r\n');
    expect((await sendRaw(server.port, request)).status).toBe(400);
  });

  test.each(['application/json', 'text/plain', ';'])(
    'of type %s that is not sent is no obstacle to a DELETE',
    async (type) => {
      const { json } = await store({ content: 'a' });
      const answer = await send(`${server.url}/api/v1/forget/${(json as { id: string }).id}`, {
        method: 'DELETE',
        headers: { ...key, 'content-type': type },
      });
      expect(answer.json).toEqual({ removed: true });
    },
  );

  test('that needs no field may be {}, but not missing', async () => {
    const url = `${server.url}/auth/api-keys`;
    expect((await send(url, jsonBody({}, key))).status).toBe(201);
    expect((await send(url, { method: 'POST', headers: key })).status).toBe(400);
  });
});

describe('A query string', () => {
  test.each([
    ['an unknown parameter', '/api/v1/recall?q=a&offset=1', '/offset'],
    ['a parameter twice', '/api/v1/recall?q=a&q=b', '/q'],
    ['a parameter on a route that takes none', '/livez?x=1', '/x'],
    ['an array', '/api/v1/recall?q=a&q[]=b', '/q[]'],
    ['a missing parameter', '/api/v1/recall', '/q'],
    ['an empty query', '/api/v1/recall?q=', '/q'],
    ['a query of 1,001 characters', `/api/v1/recall?q=${'a'.repeat(1_001)}`, '/q'],
    ['NUL', '/api/v1/recall?q=a%00', '/q'],
    ['limit 0', '/api/v1/recall?q=a&limit=0', '/limit'],
    ['limit 101', '/api/v1/recall?q=a&limit=101', '/limit'],
    ['a limit in hexadecimal', '/api/v1/recall?q=a&limit=0x10', '/limit'],
    ['a limit with an exponent', '/api/v1/recall?q=a&limit=1e1', '/limit'],
    ['a limit with a space', '/api/v1/recall?q=a&limit=+5', '/limit'],
    ['a zone that is none', '/api/v1/memories?zone=5', '/zone'],
    ['a date that is none', '/api/v1/timeline?start=yesterday', '/start'],
    ['offset and cursor', '/api/v1/memories?offset=1&cursor=abc', ''],
  ])('with %s is 400 and says where', async (_name, path, pointer) => {
    const answer = await get(path);
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { code: 'bad_request', errors: [{ pointer }] },
    ]);
  });

  test.each(['%', '%g1', '%ff', '%ed%a0%80', '%c0%80'])(
    'with the escape %s is 400',
    async (escape) => {
      expect((await get(`/api/v1/recall?q=${escape}`)).json).toMatchObject({ code: 'bad_request' });
    },
  );

  test('of 1,000 characters, each escaped as three or four bytes, is taken', async () => {
    for (const q of ['한'.repeat(1_000), '😀'.repeat(500)])
      expect((await get(`/api/v1/recall?q=${encodeURIComponent(q)}`)).status).toBe(200);
  });

  test('reaches recall as it was meant', async () => {
    await get(
      '/api/v1/recall?q=dark+mode%2B&limit=7&zone=3&since=2024-05-01T00:00:00%2B09:00&until=1.5',
    );
    expect(server.memories.queries.at(-1)).toEqual({
      q: 'dark mode+',
      limit: 7,
      zone: 3,
      since: Date.parse('2024-05-01T00:00:00+09:00') / 1000,
      until: 1.5,
    });
  });
});

describe('An id in a path', () => {
  test.each(['%00', 'x'.repeat(600), '%F0%9F%98%80', '..%2f..', "'%20or%201=1"])(
    '%s that no memory can have is 404',
    async (id) => {
      expect((await get(`/api/v1/memories/${id}`)).json).toMatchObject({ code: 'not_found' });
    },
  );

  test('beyond 4,096 characters is 414', async () => {
    expect((await get(`/api/v1/memories/${'x'.repeat(5_000)}`)).status).toBe(414);
  });

  test.each(['1', 'ABCDEF00-0000-4000-8000-000000000000', "';--"])(
    '%s of an API key or an account that is no UUID is 404',
    async (id) => {
      const revoke = await send(`${server.url}/auth/api-keys/${encodeURIComponent(id)}`, {
        method: 'DELETE',
        headers: key,
      });
      const operator = { Authorization: `Bearer ${operatorToken}` };
      const patch = await send(`${server.url}/admin/users/${encodeURIComponent(id)}`, {
        ...jsonBody({ tier: 'pro' }, operator),
        method: 'PATCH',
      });
      expect([revoke.status, patch.status]).toEqual([404, 404]);
    },
  );
});

function nestedObject(levels: number): object {
  let value: object = {};
  for (let level = 1; level < levels; level += 1) value = { a: value };
  return value;
}

function manyKeys(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
}
