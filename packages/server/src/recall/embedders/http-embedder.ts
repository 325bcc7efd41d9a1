import type { Embedder, EmbeddingKind, Patience } from './embedder.js';
import { EmbedderError } from './embedder-error.js';
import { readBody } from './read-body.js';
import { retryAfterMs, withRetries } from './retry.js';
import { vectorsOf } from './vectors-of.js';

/** An OpenAI-compatible embeddings endpoint. */
export interface HttpEmbedderOptions {
  /** Base URL; `/embeddings` is appended. */
  readonly url: string;
  readonly model: string;
  readonly dimensions: number;
  /** Whether the request names the dimension: models that can be cut need it, some servers refuse it. */
  readonly sendDimensions: boolean;
  readonly apiKey?: string | undefined;
  /** Put before each text of a kind, with a blank in between. */
  readonly prefixes?: Readonly<Partial<Record<EmbeddingKind, string | undefined>>>;
  /** Texts in one request at most. Default 64. */
  readonly batchTexts?: number;
  /** Characters in one request at most, unless one text alone has more. Default 100,000. */
  readonly batchCharacters?: number;
  /** Milliseconds of the first pause between two tries at most. Default 500. */
  readonly firstPauseMs?: number;
}

/** Bytes that one number of an answer takes at most, and what stands around the numbers. */
const bytesANumber = 32;
const bytesAround = 65_536;

/** An embedder behind HTTP: OpenAI, Ollama, TEI, vLLM and others speak this. */
export function createHttpEmbedder(options: HttpEmbedderOptions): Embedder {
  const { model, dimensions, firstPauseMs = 500 } = options;
  const endpoint = `${options.url.replace(/\/+$/, '')}/embeddings`;
  return {
    model,
    dimensions,
    async embed(texts, kind, patience) {
      const prefix = options.prefixes?.[kind];
      const inputs = prefix === undefined ? texts : texts.map((text) => `${prefix} ${text}`);
      const vectors: Float32Array[] = [];
      for (const batch of batchesOf(inputs, options))
        vectors.push(
          ...(await withRetries(() => request(endpoint, batch, options, patience), {
            attempts: patience.attempts,
            firstPauseMs,
            signal: patience.signal,
          })),
        );
      return vectors;
    },
  };
}

function batchesOf(
  texts: readonly string[],
  { batchTexts = 64, batchCharacters = 100_000 }: HttpEmbedderOptions,
): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const last = batches.at(-1);
    if (last === undefined || last.length >= batchTexts || text.length > room) {
      batches.push([text]);
      room = batchCharacters - text.length;
    } else {
      last.push(text);
      room -= text.length;
    }
  }
  return batches;
}

async function request(
  endpoint: string,
  input: readonly string[],
  options: HttpEmbedderOptions,
  patience: Patience,
): Promise<Float32Array[]> {
  const { model, dimensions } = options;
  const body = JSON.stringify({ model, input, ...(options.sendDimensions ? { dimensions } : {}) });
  const maxBytes = bytesAround + input.length * dimensions * bytesANumber;
  const answer = await send(endpoint, body, maxBytes, options.apiKey, patience);
  return vectorsOf(answer, { count: input.length, dimensions });
}

async function send(
  endpoint: string,
  body: string,
  maxBytes: number,
  apiKey: string | undefined,
  { timeoutMs, signal }: Patience,
): Promise<string> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body,
      // A key is for this host only.
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    if (response.ok) return await readBody(response, maxBytes);
    await response.body?.cancel();
    throw statusError(endpoint, response);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EmbedderError) throw error;
    const what = timeout.aborted ? `gave no answer in ${timeoutMs} ms` : 'cannot be reached';
    throw new EmbedderError('unavailable', `The embedder at ${hostOf(endpoint)} ${what}.`, {
      cause: error,
    });
  }
}

/** 408, 425 and 429 pass; 400, 413 and 422 are about the texts; every other 3xx and 4xx about the settings. */
function statusError(endpoint: string, { status, headers }: Response): EmbedderError {
  const passing = status >= 500 || status === 408 || status === 425 || status === 429;
  const aboutTexts = status === 400 || status === 413 || status === 422;
  const wished = retryAfterMs(headers.get('retry-after'), Date.now());
  return new EmbedderError(
    passing ? 'unavailable' : aboutTexts ? 'refused' : 'misconfigured',
    `The embedder at ${hostOf(endpoint)} answered ${status}.`,
    wished === undefined ? {} : { retryAfterMs: wished },
  );
}

const hostOf = (endpoint: string): string => new URL(endpoint).host;
