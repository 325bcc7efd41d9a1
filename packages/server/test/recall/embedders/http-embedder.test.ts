import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Patience } from '../../../src/recall/embedders/embedder.js';
import { EmbedderError } from '../../../src/recall/embedders/embedder-error.js';
import {
  createHttpEmbedder,
  type HttpEmbedderOptions,
} from '../../../src/recall/embedders/http-embedder.js';
import { retryAfterMs } from '../../../src/recall/embedders/retry.js';
import { sendJson } from '../../support/fake-endpoint.js';
import { fail, type Provider, startProvider } from './provider.js';

const key = 'sk-very-secret';
const patient: Patience = { timeoutMs: 5_000, attempts: 4 };

let provider: Provider;
beforeEach(async () => {
  provider = await startProvider((text) => [text.length, 1, 0]);
});
afterEach(() => provider.close());

const embedder = (options: Partial<HttpEmbedderOptions> = {}) =>
  createHttpEmbedder({
    url: provider.url,
    model: 'small',
    dimensions: 3,
    sendDimensions: false,
    apiKey: key,
    firstPauseMs: 1,
    ...options,
  });

async function errorOf(work: Promise<unknown>): Promise<EmbedderError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EmbedderError) return error;
  throw new Error('expected an EmbedderError', { cause: error });
}

describe('an embedder behind HTTP', () => {
  test('gives unit vectors in the order of the texts, whatever order they came in', async () => {
    const vectors = await embedder().embed(['a', 'bbb'], 'document', patient);
    expect([...vectors[0]!]).toEqual([Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2), 0]);
    expect(vectors[1]![0]).toBeCloseTo(3 / Math.sqrt(10), 6);
    expect(provider.seen[0]).toEqual({
      authorization: `Bearer ${key}`,
      path: '/v1/embeddings',
      body: { model: 'small', input: ['a', 'bbb'] },
    });
  });

  test('sends batches of at most so many texts and so many characters', async () => {
    const texts = ['aaaa', 'bbbb', 'cc', 'd', 'e', 'f'];
    const some = embedder({ batchTexts: 3, batchCharacters: 8 });
    expect(await some.embed(texts, 'document', patient)).toHaveLength(6);
    expect(provider.seen.map(({ body }) => body.input)).toEqual([
      ['aaaa', 'bbbb'],
      ['cc', 'd', 'e'],
      ['f'],
    ]);
  });

  test('puts the prefix of its kind before a text and says the dimension when asked to', async () => {
    const prefixes = { query: 'query:', document: 'passage:' };
    const e5 = embedder({ prefixes, sendDimensions: true });
    await e5.embed(['tea'], 'query', patient);
    await e5.embed(['tea'], 'document', patient);
    expect(provider.seen.map(({ body }) => [body.input, body.dimensions])).toEqual([
      [['query: tea'], 3],
      [['passage: tea'], 3],
    ]);
  });

  test('tries again after 429, 500, a cut connection, nonsense and silence', async () => {
    provider.script.push(
      fail(429),
      fail(500),
      (_, response) => response.destroy(),
      (_, response) => response.end('{"data": [{"ind'),
      (_, response) => sendJson(response, { data: [{ index: 0, embedding: [0, 0, 0] }] }),
      // Says nothing: only the deadline ends it.
      () => undefined,
    );
    const vectors = await embedder().embed(['a'], 'document', { timeoutMs: 200, attempts: 7 });
    expect(vectors).toHaveLength(1);
    expect(provider.seen).toHaveLength(7);
  });

  test('gives up after so many tries and says what it met', async () => {
    provider.script.push(fail(503), fail(503));
    const error = await errorOf(embedder().embed(['a'], 'query', { ...patient, attempts: 2 }));
    expect(error).toMatchObject({ fault: 'unavailable' });
    expect(error.message).toMatch(/^The embedder at 127\.0\.0\.1:\d+ answered 503\.$/);
    expect(provider.seen).toHaveLength(2);
  });

  test('waits as long as the provider asks, and hands a long wish on to the caller', async () => {
    provider.script.push(fail(429, { 'retry-after': '0' }), fail(429, { 'retry-after': '3600' }));
    const error = await errorOf(embedder().embed(['a'], 'document', patient));
    expect(error).toMatchObject({ fault: 'unavailable', retryAfterMs: 3_600_000 });
    expect(provider.seen).toHaveLength(2);
  });

  test('does not repeat what no repetition mends', async () => {
    provider.script.push(fail(401), fail(400), fail(302, { location: 'http://127.0.0.1:1/' }));
    const faults: string[] = [];
    for (let at = 0; at < 3; at++)
      faults.push((await errorOf(embedder().embed(['a'], 'document', patient))).fault);
    expect(faults).toEqual(['misconfigured', 'refused', 'misconfigured']);
    expect(provider.seen).toHaveLength(3);
  });

  test('refuses another dimension than it was told', async () => {
    const error = await errorOf(embedder({ dimensions: 4 }).embed(['a'], 'document', patient));
    expect(error).toMatchObject({ fault: 'misconfigured' });
    expect(error.message).toContain('have 3 dimensions, EMBEDDINGS_DIMENSIONS says 4');
  });

  test.each([
    ['too few vectors', { data: [{ index: 0, embedding: [1, 0, 0] }] }],
    ['one text twice', { data: [0, 0].map((index) => ({ index, embedding: [1, 0, 0] })) }],
    ['an index beyond', { data: [0, 7].map((index) => ({ index, embedding: [1, 0, 0] })) }],
    ['another shape', { vectors: [] }],
  ])('takes an answer with %s for none', async (_, answer) => {
    provider.script.push((_request, response) => sendJson(response, answer));
    const once = embedder().embed(['a', 'b'], 'document', { ...patient, attempts: 1 });
    expect(await errorOf(once)).toMatchObject({ fault: 'unavailable' });
  });

  test('reads no endless answer', async () => {
    provider.script.push((_, response) => {
      const pour = (): void => {
        while (response.write('x'.repeat(65_536))) {
          // until its buffer is full
        }
      };
      response.on('drain', pour);
      pour();
    });
    const once = embedder().embed(['a'], 'document', { ...patient, attempts: 1 });
    expect((await errorOf(once)).message).toContain('longer than');
  });

  test('ends at once when its caller has no more use for it', async () => {
    const ending = new AbortController();
    provider.script.push(() => ending.abort(new Error('stopped')));
    const embedding = embedder().embed(['a'], 'document', { ...patient, signal: ending.signal });
    await expect(embedding).rejects.toThrow('stopped');
    expect(provider.seen).toHaveLength(1);
  });

  test('shows neither the key nor a text in any error', async () => {
    provider.script.push(
      fail(401),
      fail(400),
      fail(500),
      ({ body }, response) => response.end(`${body.input.join()} ${key}`),
      (_, response) => response.destroy(),
    );
    for (let at = 0; at < 5; at++) {
      const once = embedder().embed(['a private text'], 'document', { ...patient, attempts: 1 });
      const shown = inspect(await errorOf(once), { depth: 9 });
      expect(shown).not.toContain(key);
      expect(shown).not.toContain('private');
    }
  });
});

test('Retry-After is seconds or a date', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(retryAfterMs('7', now)).toBe(7_000);
  expect(retryAfterMs('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
  expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('soon', now)).toBeUndefined();
  expect(retryAfterMs(null, now)).toBeUndefined();
});
