import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createClient } from '../src/index.js';
import { cut, json, plain, problem, silence, startFake } from './support/fake-server.js';
import { secretKey } from './support/samples.js';

const printed = (value: unknown): string =>
  inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true });

describe('the key', () => {
  test('travels in the Authorization header only', async () => {
    const fake = await startFake(json({ items: [] }));
    const stellar = createClient({ url: fake.url, apiKey: secretKey });
    await stellar.recall('where is my key');
    await stellar.store({ content: 'a' });
    for (const { headers, ...rest } of fake.requests) {
      const { authorization, ...others } = headers;
      expect(authorization).toBe(`Bearer ${secretKey}`);
      expect(printed([rest, others])).not.toContain(secretKey);
    }
  });

  test('is not shown by a printed client', () => {
    const stellar = createClient({ apiKey: secretKey });
    expect(printed(stellar)).not.toContain(secretKey);
    expect(JSON.stringify(stellar)).not.toContain(secretKey);
  });

  test.each([cut, silence, plain(502, ''), plain(302, ''), problem('unauthorized')])(
    'is in no error, its stack and cause included (%#)',
    async (reaction) => {
      const { url } = await startFake(reaction);
      const stellar = createClient({ url, apiKey: secretKey, timeoutMs: 30, retry: false });
      const error = await stellar.stats().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(printed(error)).not.toContain(secretKey);
    },
  );

  test('is not printed by the refusal of a malformed key', () => {
    const attempt = (): unknown => createClient({ apiKey: `${secretKey}\n` });
    expect(attempt).toThrow(TypeError);
    expect(attempt).not.toThrow(secretKey);
  });
});
