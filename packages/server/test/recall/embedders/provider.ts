import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the provider got it. */
export interface SeenRequest {
  readonly authorization: string | undefined;
  readonly path: string | undefined;
  readonly body: { readonly model: string; readonly input: string[]; readonly dimensions?: number };
}

/** How a provider answers one request. */
export type Behaviour = (request: SeenRequest, response: ServerResponse) => void;

/** An embeddings endpoint on loopback that does what it is told. */
export interface Provider {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** What the next requests meet, one each; then it behaves. */
  readonly script: Behaviour[];
  close(): Promise<void>;
}

/** Answers with a vector for each text. */
export const behave =
  (vector: (text: string) => readonly number[]): Behaviour =>
  ({ body }, response) => {
    const data = body.input.map((text, index) => ({ index, embedding: vector(text) }));
    // Out of order: only the index says which is whose.
    sendJson(response, { object: 'list', data: data.reverse() });
  };

export const sendJson = (response: ServerResponse, value: unknown): void => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(value));
};

/** Answers with a status and a body that repeats what it was sent, as careless providers do. */
export const fail =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  ({ authorization, body }, response) => {
    response.writeHead(status, headers);
    response.end(`bad ${authorization} ${body.input.join()}`);
  };

/** Starts one. */
export async function startProvider(
  vector: (text: string) => readonly number[],
): Promise<Provider> {
  const seen: SeenRequest[] = [];
  const script: Behaviour[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const one = {
        authorization: request.headers.authorization,
        path: request.url,
        body: JSON.parse(body) as SeenRequest['body'],
      };
      seen.push(one);
      (script.shift() ?? behave(vector))(one, response);
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

async function read(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return body;
}
