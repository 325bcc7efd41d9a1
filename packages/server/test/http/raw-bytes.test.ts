import { connect } from 'node:net';
import { Problem } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAnswer, send } from './support/exchange.js';
import { aliceKey, startServer, type TestServer } from './support/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ config: { requestTimeoutMs: 2_000 } });
});
afterAll(() => server.close());

const body = '{"content":"a","metadata":{"b":[1,"c"]}}';
const wellFormed = [
  [
    'GET /api/v1/recall?q=dark%20mode&limit=3 HTTP/1.1',
    'Host: x',
    `X-API-Key: ${aliceKey}`,
    '',
    '',
  ],
  [
    'POST /api/v1/store HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${aliceKey}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Idempotency-Key: k1',
    '',
    body,
  ],
  [
    'POST /api/v1/store HTTP/1.1',
    'Host: x',
    `X-API-Key: ${aliceKey}`,
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
    '',
    body.length.toString(16),
    body,
    '0',
    '',
    '',
  ],
].map((lines) => Buffer.from(lines.join('\r\n')));

/** One change to a request's bytes: a byte replaced, put in or taken out, a part repeated or cut off. */
const change = fc.record({
  kind: fc.constantFrom('replace', 'insert', 'remove', 'repeat', 'cut'),
  at: fc.nat(400),
  byte: fc.oneof(fc.constantFrom(0, 10, 13, 32, 37, 58, 255), fc.nat(255)),
});

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function apply(bytes: Buffer, { kind, at: place, byte }: Change): Buffer {
  const at = place % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (kind) {
    case 'replace':
      return Buffer.concat([before, Buffer.from([byte]), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.from([byte]), after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(1)]);
    case 'repeat':
      return Buffer.concat([before, before.subarray(-40), after]);
    case 'cut':
      return before;
  }
}

/** Sends the bytes, says that no more will come, and resolves with what came back. */
function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(server.port, '127.0.0.1', () => socket.end(bytes));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      received += chunk;
    });
    // A reset is the server's right: what counts is what it said and that it closed.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

describe('Requests with bytes changed at random', () => {
  test('3,000 of them: each is served or refused as a problem, none is a fault, all connections close', async () => {
    const mutant = fc
      .tuple(fc.constantFrom(...wellFormed), fc.array(change, { minLength: 1, maxLength: 3 }))
      .map(([request, changes]) => changes.reduce(apply, request));
    const mutants = fc.sample(mutant, { numRuns: 3_000, seed: 5 });
    const statuses = new Map<number, number>();
    const wrong: string[] = [];
    const queue = mutants.values();
    const lane = async (): Promise<void> => {
      for (const bytes of queue) {
        const received = await exchange(bytes);
        const { status, json } = parseAnswer(received);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        const isProblem = status < 400 || Problem.safeParse(json).success;
        if (received !== '' && (!(status < 500) || !isProblem))
          wrong.push(`${JSON.stringify(bytes.toString('latin1'))} → ${received}`);
      }
    };
    await Promise.all(Array.from({ length: 32 }, lane));
    expect(wrong.slice(0, 3)).toEqual([]);
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 422]));
    expect((await send(`${server.url}/livez`)).status).toBe(200);
    expect(server.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
