import type { ErrorCode } from '@stellar-memory/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StellarError } from '../../src/domain/stellar-error.js';
import type { MemoryService } from '../../src/memory/memory-service.js';
import { type Answer, jsonBody, send, sendRaw } from './support/exchange.js';
import { MemoriesInMemory } from './support/fake-services.js';
import { aliceKey, startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const expectProblem = (answer: Answer, status: number, code: ErrorCode): void => {
  expect([answer.status, answer.json]).toMatchObject([status, { status, code }]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const { request_id } = answer.json as { request_id: string };
  expect(request_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(answer.headers.get('x-request-id')).toBe(request_id);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('cache-control')).toBe('no-store');
};

const raw = (...lines: string[]) => sendRaw(server.port, `${lines.join('\r\n')}\r\n\r\n`);

describe('What the framework refuses', () => {
  test('a path that no route has is 404, whatever body and method it comes with', async () => {
    expectProblem(await send(`${server.url}/api/v1/nothing`), 404, 'not_found');
    expectProblem(await send(`${server.url}/nothing`, jsonBody('{broken')), 404, 'not_found');
    expectProblem(await send(`${server.url}/api/v1/memories/a/b`), 404, 'not_found');
    expectProblem(await send(`${server.url}/`), 404, 'not_found');
  });

  test('a method that the path does not take is 405 and says which it takes', async () => {
    const answer = await send(`${server.url}/api/v1/memories/m1`, { method: 'PUT' });
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('GET, HEAD, PATCH');
    expectProblem(await send(`${server.url}/api/v1/store`), 405, 'method_not_allowed');
    const preflight = await send(`${server.url}/api/v1/store`, { method: 'OPTIONS' });
    expectProblem(preflight, 405, 'method_not_allowed');
  });

  test('HEAD is answered as GET is, without the body', async () => {
    const good = await send(`${server.url}/livez`, { method: 'HEAD' });
    expect([good.status, good.text, good.headers.get('content-length')]).toEqual([200, '', '14']);
    const bad = await send(`${server.url}/api/v1/stats`, { method: 'HEAD' });
    expect([bad.status, bad.text]).toEqual([401, '']);
  });

  test('no answer lets another origin read it', async () => {
    const answer = await send(`${server.url}/livez`, {
      headers: { origin: 'https://evil.example' },
    });
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual(
      [],
    );
  });

  test.each([
    ['an escape that is none', '/api/v1/memories/%zz'],
    ['an escape that is not UTF-8', '/api/v1/memories/%ff'],
    ['an encoded surrogate', '/api/v1/memories/%ed%a0%80'],
  ])('%s in a path is 400', async (_name, path) => {
    const answer = await raw(`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close');
    expectProblem(answer, 400, 'bad_request');
  });

  test.each([
    ['garbage', ['\x00\x01\x02']],
    ['an unknown method', ['BREW /livez HTTP/1.1', 'Host: x']],
    ['a header without a name', ['GET /livez HTTP/1.1', 'Host: x', ': y']],
    [
      'two lengths',
      ['POST /api/v1/store HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Content-Length: 2'],
    ],
    [
      'a length beside chunks',
      ['POST /api/v1/store HTTP/1.1', 'Host: x', 'Content-Length: 1', 'Transfer-Encoding: chunked'],
    ],
    ['no Host', ['GET /livez HTTP/1.1', 'Connection: close']],
    ['an Expect that cannot be met', ['GET /livez HTTP/1.1', 'Host: x', 'Expect: tea']],
  ])('malformed HTTP is 400 and closes: %s', async (_name, lines) => {
    expectProblem(await raw(...lines), 400, 'bad_request');
  });

  test('headers of 33 KB are 431, a URL of 17 KB is 414', async () => {
    const long = await raw('GET /livez HTTP/1.1', 'Host: x', `X: ${'y'.repeat(33 * 1024)}`);
    expectProblem(long, 431, 'headers_too_large');
    const path = `/api/v1/recall?q=${'y'.repeat(17 * 1024)}`;
    const url = await raw(`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close');
    expectProblem(url, 414, 'uri_too_long');
  });
});

describe('What goes wrong inside', () => {
  const failing = async (error: unknown): Promise<{ answer: Answer; log: string }> => {
    const memories: MemoryService = new MemoriesInMemory();
    memories.stats = async () => {
      throw error;
    };
    const broken = await startServer({ memories });
    const answer = await send(`${broken.url}/api/v1/stats`, { headers: { 'X-API-Key': aliceKey } });
    await broken.close();
    return { answer, log: broken.log.join('') };
  };

  test('is 500 without a word of what it was, and logged with its stack under the same request id', async () => {
    const fault = new TypeError('row of alice: secret content');
    const { answer, log } = await failing(fault);
    expectProblem(answer, 500, 'internal');
    expect(answer.text).not.toMatch(/alice|secret|TypeError|\.ts|at /);
    expect(log).toContain((answer.json as { request_id: string }).request_id);
    expect(log).toContain('errors.test.ts');
  });

  test('keeps a driver message, which may quote a row, out of the log too', async () => {
    const driver = Object.assign(new Error('duplicate key (content)=(canary-7)'), {
      code: '23505',
    });
    const { answer, log } = await failing(new Error('database error 23505', { cause: driver }));
    expectProblem(answer, 500, 'internal');
    expect(log).toContain('"code":"23505"');
    expect(log).not.toContain('canary-7');
  });

  test.each([undefined, null, 'text', 42, { statusCode: 200 }])(
    'is 500 even when what was thrown is %o',
    async (thrown) => {
      const { answer } = await failing(thrown);
      expectProblem(answer, 500, 'internal');
    },
  );

  test('is 503 with Retry-After when the database cannot be had', async () => {
    const { answer } = await failing(new StellarError('unavailable', { retryAfterSeconds: 2.2 }));
    expectProblem(answer, 503, 'unavailable');
    expect(answer.headers.get('retry-after')).toBe('3');
  });

  test('tells limit, use and where to upgrade when the store is full', async () => {
    const full = { limit: 1_000, used: 1_000, upgrade_url: 'https://example.com/upgrade' };
    const { answer } = await failing(new StellarError('quota_exceeded', full));
    expectProblem(answer, 403, 'quota_exceeded');
    expect(answer.json).toMatchObject(full);
  });
});
