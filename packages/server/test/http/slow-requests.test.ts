import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aliceKey, startServer, type TestServer } from './support/test-server.js';

/** Short, so that the test is: what is asserted is that the server ends what is slow, by itself. */
const requestTimeoutMs = 600;
/** Node looks once in the timeout; the rest is for a machine that is busy. */
const aWhileMs = 10_000;

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: { requestTimeoutMs } });
});
afterAll(() => server.close());

/** Sends the bytes and nothing more, and waits for the server to close. */
function begin(bytes: string): Promise<{ received: string; lastedMs: number }> {
  const startedMs = performance.now();
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve({ received, lastedMs: performance.now() - startedMs }));
  });
}

const head = ['POST /api/v1/store HTTP/1.1', 'Host: x', `X-API-Key: ${aliceKey}`];
const json = [...head, 'Content-Type: application/json'];

describe('A request that does not end', () => {
  test.each([
    ['headers that stop', 'GET /livez HTTP/1.1\r\nHost:'],
    ['nothing at all', ''],
    ['a body that stops', [...json, 'Content-Length: 100', '', '{"content"'].join('\r\n')],
    [
      'chunks that stop',
      [...json, 'Transfer-Encoding: chunked', '', '5\r\n{"con\r\n'].join('\r\n'),
    ],
  ])('is closed: %s', async (_name, bytes) => {
    const { received, lastedMs } = await begin(bytes);
    expect(received).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request_timeout"/);
    expect(lastedMs).toBeLessThan(aWhileMs);
  });

  test('is closed even when its answer is sent: a stranger cannot keep the connection by a body', async () => {
    const stranger = ['POST /api/v1/store HTTP/1.1', 'Host: x', 'Content-Length: 100', '', '{'];
    const { received, lastedMs } = await begin(stranger.join('\r\n'));
    expect(received).toMatch(/^HTTP\/1\.1 401 /);
    expect(received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(lastedMs).toBeLessThan(aWhileMs);
  });

  test('does not count as a fault of the server', () => {
    expect(server.log.filter((line) => /"status":5\d\d/.test(line))).toEqual([]);
  });
});

describe('The defaults', () => {
  test('close a slow request within 15 s, and keep idle connections longer than balancers do', async () => {
    const standard = await startServer();
    const { headersTimeout, keepAliveTimeout } = standard.http.server;
    await standard.close();
    // Node looks once a second for late headers; a body has twice their time.
    expect(headersTimeout + 1_000 + 2 * headersTimeout).toBeLessThanOrEqual(15_000);
    expect(keepAliveTimeout).toBeGreaterThan(60_000);
  });
});
