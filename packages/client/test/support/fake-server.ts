import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ErrorCode, errorCodes, type Problem } from '@stellar-memory/protocol';
import { onTestFinished } from 'vitest';

/** A request as it arrived. */
interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingMessage['headers'];
  /** The parsed body, if any. */
  readonly body: unknown;
}

/** Answers one request, however it likes. */
export type Reaction = (response: ServerResponse, request: Received) => void;

/** An HTTP server that reacts to each request with the next of its reactions, and to the rest with the last. */
export interface FakeServer {
  readonly url: string;
  readonly requests: readonly Received[];
}

/** Starts one on a free port, for the time of the test. */
export async function startFake(...reactions: [Reaction, ...Reaction[]]): Promise<FakeServer> {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    void read(request).then((received) => {
      const reaction = reactions[Math.min(requests.length, reactions.length - 1)]!;
      requests.push(received);
      reaction(response, received);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function read(request: IncomingMessage): Promise<Received> {
  const { pathname, searchParams } = new URL(request.url!, 'http://fake');
  const body = await text(request);
  return {
    method: request.method!,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: request.headers,
    body: body === '' ? undefined : JSON.parse(body),
  };
}

/** Answers 200 with JSON. */
export const json =
  (value: unknown, headers: Record<string, string> = {}): Reaction =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };

/** Answers a problem as the server does. */
export const problem =
  (code: ErrorCode, extra: Partial<Problem> = {}, headers: Record<string, string> = {}): Reaction =>
  (response) => {
    const { status, next } = errorCodes[code];
    const body: Problem = {
      type: 'about:blank',
      title: code,
      status,
      code,
      next,
      request_id: 'request-1',
      ...extra,
    };
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(JSON.stringify(body));
  };

/** Answers with any status and text, as a proxy may. */
export const plain =
  (status: number, body: string, headers: Record<string, string> = {}): Reaction =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(body);
  };

/** Cuts the connection without an answer. */
export const cut: Reaction = (response) => {
  response.destroy();
};

/** Never answers. */
export const silence: Reaction = () => {};

/** Begins an answer and never ends it. */
export const stall: Reaction = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"id":');
};
