import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as the model got it. */
export interface AskedModel {
  readonly authorization: string | undefined;
  readonly path: string | undefined;
  readonly body: {
    readonly model: string;
    readonly max_tokens: number;
    readonly messages: { readonly role: string; readonly content: string }[];
  };
}

/** How a model answers one request. */
export type ModelBehaviour = (request: AskedModel, response: ServerResponse) => void;

/** A chat endpoint on loopback that does what it is told. */
export interface FakeModel {
  readonly url: string;
  readonly seen: AskedModel[];
  /** What the next requests meet, one each; then it behaves. */
  readonly script: ModelBehaviour[];
  close(): Promise<void>;
}

/** Answers with a text. */
export const saying =
  (text: unknown): ModelBehaviour =>
  (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ message: { role: 'assistant', content: text } }] }));
  };

/** Starts one that says the same unless its script has something else. */
export async function startModel(text: string): Promise<FakeModel> {
  const seen: AskedModel[] = [];
  const script: ModelBehaviour[] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const one = {
        authorization: request.headers.authorization,
        path: request.url,
        body: JSON.parse(body) as AskedModel['body'],
      };
      seen.push(one);
      (script.shift() ?? saying(text))(one, response);
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
