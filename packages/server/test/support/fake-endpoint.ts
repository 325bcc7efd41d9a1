import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One request as the endpoint got it. */
export interface SeenRequest<Body> {
  readonly authorization: string | undefined;
  readonly path: string | undefined;
  readonly body: Body;
}

/** How an endpoint answers one request. */
export type Behaviour<Body> = (request: SeenRequest<Body>, response: ServerResponse) => void;

/** A provider of models on loopback that does what it is told. */
export interface FakeEndpoint<Body> {
  readonly url: string;
  readonly seen: SeenRequest<Body>[];
  /** What the next requests meet, one each; then it behaves. */
  readonly script: Behaviour<Body>[];
  close(): Promise<void>;
}

/** Starts one that behaves like this unless its script has something else. */
export async function startEndpoint<Body>(behave: Behaviour<Body>): Promise<FakeEndpoint<Body>> {
  const seen: SeenRequest<Body>[] = [];
  const script: Behaviour<Body>[] = [];
  const server = createServer((request, response) => {
    void read<Body>(request).then((one) => {
      seen.push(one);
      (script.shift() ?? behave)(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    seen,
    script,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read<Body>(request: IncomingMessage): Promise<SeenRequest<Body>> {
  const body = JSON.parse(await text(request)) as Body;
  return { authorization: request.headers.authorization, path: request.url, body };
}

export const sendJson = (response: ServerResponse, value: unknown): void => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
};
