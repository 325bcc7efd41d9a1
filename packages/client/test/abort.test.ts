import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { createClient, type StellarMemoryClient } from '../src/index.js';
import { json, problem, silence, startFake } from './support/fake-server.js';
import { secretKey } from './support/samples.js';

const reason = new Error('the user went away');

const methods: Record<string, (stellar: StellarMemoryClient, signal: AbortSignal) => unknown> = {
  store: (stellar, signal) => stellar.store({ content: 'a' }, { signal }),
  storeBatch: (stellar, signal) => stellar.storeBatch([{ content: 'a' }], { signal }),
  recall: (stellar, signal) => stellar.recall('a', { signal }),
  recallPage: (stellar, signal) => stellar.recallPage('a', { signal }),
  recallBatch: (stellar, signal) => stellar.recallBatch([{ q: 'a' }], { signal }),
  recallContext: (stellar, signal) => stellar.recallContext('a', { signal }),
  forget: (stellar, signal) => stellar.forget('a', { signal }),
  get: (stellar, signal) => stellar.get('a', { signal }),
  patch: (stellar, signal) => stellar.patch('a', { pinned: true }, { signal }),
  list: (stellar, signal) => stellar.list({ signal }),
  listAll: (stellar, signal) => stellar.listAll({ signal }).next(),
  timeline: (stellar, signal) => stellar.timeline({ signal }),
  stats: (stellar, signal) => stellar.stats({ signal }),
  usage: (stellar, signal) => stellar.usage({ signal }),
  'apiKeys.list': (stellar, signal) => stellar.apiKeys.list({ signal }),
  'apiKeys.create': (stellar, signal) => stellar.apiKeys.create({}, { signal }),
  'apiKeys.rotate': (stellar, signal) => stellar.apiKeys.rotate('a', {}, { signal }),
  'apiKeys.revoke': (stellar, signal) => stellar.apiKeys.revoke('a', { signal }),
};

describe('abort', () => {
  test.each(Object.entries(methods))('%s ends with the reason, in flight', async (_, call) => {
    const controller = new AbortController();
    const { url, requests } = await startFake((response, request) => {
      silence(response, request);
      controller.abort(reason);
    });
    const stellar = createClient({ url, apiKey: secretKey });
    await expect(call(stellar, controller.signal)).rejects.toBe(reason);
    expect(requests).toHaveLength(1);
  });

  test.each(Object.entries(methods))('%s with an aborted signal sends nothing', async (_, call) => {
    const { url, requests } = await startFake(silence);
    const stellar = createClient({ url, apiKey: secretKey });
    await expect(call(stellar, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(requests).toHaveLength(0);
  });

  test('a wait between attempts ends at once', async () => {
    const controller = new AbortController();
    const { url, requests } = await startFake((response, request) => {
      problem('unavailable', {}, { 'retry-after': '20' })(response, request);
      // After the answer has arrived: the client then waits its 20 seconds.
      response.on('close', () => setImmediate(() => controller.abort(reason)));
    });
    const stellar = createClient({ url, apiKey: secretKey });
    await expect(stellar.stats({ signal: controller.signal })).rejects.toBe(reason);
    expect(requests).toHaveLength(1);
  });

  test('a signal that outlives many calls keeps nothing of them', async () => {
    const { signal } = new AbortController();
    const { url } = await startFake(problem('unavailable'), problem('unavailable'), json({}));
    const stellar = createClient({ url, apiKey: secretKey, retry: { baseDelayMs: 1 } });
    await stellar.stats({ signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('a call may have a time of its own', async () => {
    const { url } = await startFake(silence);
    const stellar = createClient({ url, apiKey: secretKey, retry: false });
    await expect(stellar.stats({ timeoutMs: 30 })).rejects.toMatchObject({ code: 'timeout' });
    await expect(stellar.stats({ timeoutMs: Number.NaN })).rejects.toThrow(TypeError);
  });
});
