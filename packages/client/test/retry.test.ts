import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createClient, StellarMemoryError } from '../src/index.js';
import { defaultRetry, delayAfter, withRetries } from '../src/retry.js';
import {
  cut,
  json,
  plain,
  problem,
  type Reaction,
  silence,
  startFake,
} from './support/fake-server.js';
import { secretKey, stored } from './support/samples.js';

const impatient = { baseDelayMs: 1, maxDelayMs: 1 };

async function storeAgainst(...reactions: [Reaction, ...Reaction[]]) {
  const fake = await startFake(...reactions);
  const stellar = createClient({
    url: fake.url,
    apiKey: secretKey,
    timeoutMs: 500,
    retry: impatient,
  });
  return { fake, outcome: stellar.store({ content: 'once' }) };
}

describe('a write that is repeated', () => {
  test.each<[string, Reaction]>([
    ['the connection was cut', cut],
    ['no answer came in time', silence],
    ['a proxy found no server', plain(502, 'Bad Gateway')],
    ['the server was not ready', problem('unavailable')],
    ['a gateway gave up', plain(504, 'Gateway Timeout')],
    ['the rate was exceeded', problem('rate_limited')],
    ['the first attempt still runs', problem('idempotency_in_flight')],
  ])('when %s carries the same Idempotency-Key and succeeds', async (_, reaction) => {
    const { fake, outcome } = await storeAgainst(reaction, json(stored));
    expect(await outcome).toEqual(stored);
    const keys = fake.requests.map((request) => request.headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  test('acts once although its answer was lost', async () => {
    const memories = new Map<unknown, object>();
    let answersLost = 0;
    const keepOnce: Reaction = (response, request) => {
      const key = request.headers['idempotency-key'];
      if (!memories.has(key)) memories.set(key, { ...stored, id: randomUUID() });
      if (answersLost++ < 2) return cut(response, request);
      json(memories.get(key))(response, request);
    };
    const { outcome } = await storeAgainst(keepOnce);
    const { id } = await outcome;
    expect([...memories.values()]).toEqual([{ ...stored, id }]);
  });

  test('two calls are two writes', async () => {
    const fake = await startFake(json(stored));
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    await stellar.store({ content: 'same' });
    await stellar.store({ content: 'same' });
    const [first, second] = fake.requests.map((request) => request.headers['idempotency-key']);
    expect(first).not.toBe(second);
  });

  test('may have the caller’s own key', async () => {
    const fake = await startFake(json({ removed: true }));
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    await stellar.forget('a', { idempotencyKey: 'job-7' });
    expect(fake.requests[0]!.headers['idempotency-key']).toBe('job-7');
  });
});

describe('what is not repeated', () => {
  test.each<[string, Reaction]>([
    ['a full store', problem('quota_exceeded')],
    ['a bad key', problem('unauthorized')],
    ['a changed memory', problem('precondition_failed')],
    ['a conflict', problem('conflict')],
    ['a fault of the server', problem('internal')],
    ['a page instead of an answer', plain(200, '<html>')],
  ])('%s', async (_, reaction) => {
    const { fake, outcome } = await storeAgainst(reaction, json(stored));
    await expect(outcome).rejects.toBeInstanceOf(StellarMemoryError);
    expect(fake.requests).toHaveLength(1);
  });

  test('a new key whose answer was lost, since it would be made twice', async () => {
    const fake = await startFake(cut, json({}));
    const stellar = createClient({ url: fake.url, apiKey: secretKey, retry: impatient });
    await expect(stellar.apiKeys.create()).rejects.toMatchObject({ code: 'network_error' });
    expect(fake.requests).toHaveLength(1);
  });

  test('but a new key that was turned away is asked for again', async () => {
    const fake = await startFake(problem('rate_limited'), json({ api_key: 'sm_live_new' }));
    const stellar = createClient({ url: fake.url, apiKey: secretKey, retry: impatient });
    expect((await stellar.apiKeys.create()).api_key).toBe('sm_live_new');
  });

  test('anything, when the caller wants no retries', async () => {
    const fake = await startFake(problem('unavailable'));
    const stellar = createClient({ url: fake.url, apiKey: secretKey, retry: false });
    await expect(stellar.stats()).rejects.toMatchObject({ code: 'unavailable' });
    expect(fake.requests).toHaveLength(1);
  });
});

describe('patience', () => {
  test('ends after four attempts, with the last error', async () => {
    const fake = await startFake(problem('unavailable'));
    const stellar = createClient({ url: fake.url, apiKey: secretKey, retry: impatient });
    await expect(stellar.stats()).rejects.toMatchObject({ code: 'unavailable' });
    expect(fake.requests).toHaveLength(4);
  });

  test('does not last for a Retry-After beyond it: the caller is told instead', async () => {
    const fake = await startFake(problem('rate_limited', {}, { 'retry-after': '31' }));
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    await expect(stellar.stats()).rejects.toMatchObject({ retryAfterSeconds: 31 });
    expect(fake.requests).toHaveLength(1);
  });

  test('is as long as the server asks, and never longer in all than allowed', async () => {
    const retryAfter = fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined });
    const rule = fc.asyncProperty(
      fc.array(retryAfter, { minLength: 9, maxLength: 9 }),
      async (asked) => {
        const pauses: number[] = [];
        const failures = asked.map(
          (s) => new StellarMemoryError('unavailable', { status: 503, retryAfterSeconds: s }),
        );
        let attempts = 0;
        const act = () => Promise.reject(failures[attempts++]!);
        const call = {
          policy: { ...defaultRetry, attempts: 9 },
          actsOnce: true,
          signal: undefined,
        };
        const pause = async (delayMs: number) => void pauses.push(delayMs);
        const last: unknown = await withRetries(act, call, pause).catch((error: unknown) => error);
        expect(last).toBe(failures[attempts - 1]);
        expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(30_000);
        pauses.forEach((ms, index) =>
          expect(ms).toBeGreaterThanOrEqual((asked[index] ?? 0) * 1000),
        );
      },
    );
    await fc.assert(rule);
  });

  test('doubles its ceiling up to the greatest delay, and any wait below it is possible', () => {
    const failure = new StellarMemoryError('unavailable', { status: 503 });
    const ceilings = [1, 2, 3, 4, 5, 6, 7].map((n) =>
      delayAfter(n, failure, defaultRetry, () => 1),
    );
    expect(ceilings).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
    expect(delayAfter(3, failure, defaultRetry, () => 0)).toBe(0);
    expect(delayAfter(3, failure, defaultRetry, () => 0.25)).toBe(500);
  });
});
