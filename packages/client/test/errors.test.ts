import { errorCodes } from '@stellar-memory/protocol';
import { describe, expect, test } from 'vitest';
import { createClient, StellarMemoryError } from '../src/index.js';
import {
  cut,
  json,
  plain,
  problem,
  type Reaction,
  silence,
  stall,
  startFake,
} from './support/fake-server.js';
import { secretKey } from './support/samples.js';

async function errorAfter(reaction: Reaction, timeoutMs = 5_000): Promise<StellarMemoryError> {
  const { url } = await startFake(reaction);
  const stellar = createClient({ url, apiKey: secretKey, timeoutMs, retry: false });
  const error = await stellar.stats().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StellarMemoryError);
  return error as StellarMemoryError;
}

describe('errors that the server describes', () => {
  test('a full store says how full, and where to get more', async () => {
    const error = await errorAfter(
      problem('quota_exceeded', {
        detail: 'This account holds 1000 of 1000 memories.',
        limit: 1000,
        used: 1000,
        upgrade_url: 'https://stellar.example/upgrade',
      }),
    );
    expect(error).toMatchObject({
      name: 'StellarMemoryError',
      code: 'quota_exceeded',
      status: 403,
      detail: 'This account holds 1000 of 1000 memories.',
      next: errorCodes.quota_exceeded.next,
      requestId: 'request-1',
      limit: 1000,
      used: 1000,
      upgradeUrl: 'https://stellar.example/upgrade',
    });
    expect(error.message).toBe(
      'This account holds 1000 of 1000 memories. Forget memories or upgrade at upgrade_url. ' +
        '[quota_exceeded, request request-1]',
    );
  });

  test('refused fields are listed, in the message too', async () => {
    const errors = [{ pointer: '/content', detail: 'must not contain NUL (U+0000)' }];
    const error = await errorAfter(problem('invalid_content', { errors }));
    expect(error.errors).toEqual(errors);
    expect(error.message).toContain('/content must not contain NUL (U+0000).');
  });

  test('what is not known is absent, so that a printed error is short', async () => {
    const error = await errorAfter(problem('not_found'));
    const known = ['code', 'detail', 'name', 'next', 'requestId', 'status'];
    expect(Object.keys(error).toSorted()).toEqual(known);
  });

  test.each([
    ['7', 7],
    [new Date(0).toUTCString(), 0],
    ['soon', undefined],
  ])('Retry-After is read as seconds or as a date: %s', async (header, seconds) => {
    const error = await errorAfter(problem('rate_limited', {}, { 'retry-after': header }));
    expect(error.retryAfterSeconds).toBe(seconds);
  });
});

test('a Retry-After in the future is counted from now', async () => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  const error = await errorAfter(problem('unavailable', {}, { 'retry-after': inAMinute }));
  expect(error.retryAfterSeconds).toBeGreaterThan(50);
  expect(error.retryAfterSeconds).toBeLessThanOrEqual(60);
});

describe('errors on the way', () => {
  test('a server that is not there is a network error with its cause', async () => {
    const stellar = createClient({ url: 'http://127.0.0.1:1', apiKey: secretKey, retry: false });
    const error: unknown = await stellar.stats().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'network_error' });
    expect(error).not.toHaveProperty('status');
    expect((error as Error).cause).toBeInstanceOf(Error);
  });

  test('a cut connection is a network error', async () => {
    expect((await errorAfter(cut)).code).toBe('network_error');
  });

  test('silence is a timeout', async () => {
    const error = await errorAfter(silence, 30);
    expect(error).toMatchObject({ code: 'timeout', detail: 'No whole answer came within 30 ms.' });
  });

  test('an answer that never ends is a timeout', async () => {
    expect((await errorAfter(stall, 100)).code).toBe('timeout');
  });

  test('a page instead of JSON is no success', async () => {
    const error = await errorAfter(plain(200, '<html>Welcome to the hotel network</html>'));
    expect(error).toMatchObject({ code: 'unexpected_response', status: 200 });
  });

  test('an error of a proxy keeps its status', async () => {
    const error = await errorAfter(plain(502, 'Bad Gateway', { 'retry-after': '3' }));
    expect(error).toMatchObject({
      code: 'unexpected_response',
      status: 502,
      retryAfterSeconds: 3,
    });
  });

  test('JSON that is no problem document is not taken for one', async () => {
    for (const body of ['null', '"code"', '{"code":7}', '[]'])
      expect((await errorAfter(plain(500, body))).code).toBe('unexpected_response');
  });

  test('a redirect is reported, and the key does not follow it', async () => {
    const elsewhere = await startFake(json({}));
    const error = await errorAfter(plain(307, '', { location: elsewhere.url }));
    expect(error).toMatchObject({ code: 'unexpected_response', status: 307 });
    expect(error.next).toContain('the address that it redirects to');
    expect(elsewhere.requests).toHaveLength(0);
  });
});

describe('options that cannot be meant', () => {
  test.each([
    { url: 'stellar.example' },
    { url: 'ftp://stellar.example' },
    { url: 'https://user:hush@stellar.example' },
    { url: 'https://stellar.example/?api_key=hush' },
    { apiKey: '' },
    { apiKey: 'sm_live_hush\n' },
    { timeoutMs: 0 },
    { timeoutMs: Number.POSITIVE_INFINITY },
    { retry: { attempts: Number.NaN } },
    { retry: { baseDelayMs: -1 } },
  ])('%o', (options) => {
    expect(() => createClient(options)).toThrow(TypeError);
    expect(() => createClient(options)).not.toThrow(/hush/);
  });
});
