import {
  type Behaviour,
  type FakeEndpoint,
  sendJson,
  startEndpoint,
} from '../../support/fake-endpoint.js';

interface EmbeddingsBody {
  readonly model: string;
  readonly input: string[];
  readonly dimensions?: number;
}

/** An embeddings endpoint. */
export type Provider = FakeEndpoint<EmbeddingsBody>;

/** Answers with a vector for each text. */
export const behave =
  (vector: (text: string) => readonly number[]): Behaviour<EmbeddingsBody> =>
  ({ body }, response) => {
    const data = body.input.map((text, index) => ({ index, embedding: vector(text) }));
    // Out of order: only the index says which is whose.
    sendJson(response, { object: 'list', data: data.reverse() });
  };

/** Answers with a status and a body that repeats what it was sent, as careless providers do. */
export const fail =
  (status: number, headers: Record<string, string> = {}): Behaviour<EmbeddingsBody> =>
  ({ authorization, body }, response) => {
    response.writeHead(status, headers);
    response.end(`bad ${authorization} ${body.input.join()}`);
  };

/** Starts one. */
export const startProvider = (vector: (text: string) => readonly number[]): Promise<Provider> =>
  startEndpoint(behave(vector));
