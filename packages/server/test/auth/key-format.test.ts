import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateKey, keyHash, keyMarks } from '../../src/auth/key-format.js';

const secret = 'a secret of the test, longer than 32 bytes';
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const key = fc.constant(undefined).map(() => generateKey());

describe('a new key', () => {
  test('is sm_live_, 30 base62 characters and 6 of checksum', () => {
    fc.assert(fc.property(key, (text) => /^sm_live_[0-9A-Za-z]{36}$/.test(text)));
  });

  test('carries the CRC32 of what stands before it, in base62', () => {
    fc.assert(
      fc.property(key, (text) => {
        const value = Array.from(text.slice(-6)).reduce(
          (sum, c) => sum * 62 + alphabet.indexOf(c),
          0,
        );
        expect(value).toBe(crc32(text.slice(0, -6)));
      }),
    );
  });

  test('is never made twice and uses the whole alphabet evenly', () => {
    const keys = Array.from({ length: 4_000 }, generateKey);
    expect(new Set(keys).size).toBe(keys.length);
    const counts = new Map<string, number>();
    for (const text of keys) {
      for (const c of text.slice(8, 38)) counts.set(c, (counts.get(c) ?? 0) + 1);
    }
    // 120,000 draws over 62 characters: 1,935 each, standard deviation 44. A modulo bias would show as +20 %.
    expect(counts.size).toBe(62);
    for (const count of counts.values()) expect(Math.abs(count - 1_935)).toBeLessThan(6 * 44);
  });

  test('shows no more than 4 characters at either end', () => {
    const text = generateKey();
    expect(keyMarks(text)).toEqual({ prefix: text.slice(0, 12), last4: text.slice(-4) });
  });
});

describe('the hash of a presented key', () => {
  test('depends on the key and on the secret', () => {
    const [a, b] = [generateKey(), generateKey()];
    expect(keyHash(a, secret)).toMatch(/^[0-9a-f]{64}$/);
    expect(keyHash(a, secret)).toBe(keyHash(a, secret));
    expect(keyHash(a, secret)).not.toBe(keyHash(b, secret));
    expect(keyHash(a, secret)).not.toBe(keyHash(a, `${secret}!`));
  });

  test('does not exist when one character was mistyped', () => {
    fc.assert(
      fc.property(key, fc.nat(35), fc.constantFrom(...alphabet), (text, at, wrong) => {
        const typo = text.slice(0, 8 + at) + wrong + text.slice(9 + at);
        expect(keyHash(typo, secret) === undefined).toBe(typo !== text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('does not exist for anything that is not a key', () => {
    fc.assert(fc.property(fc.string(), (text) => keyHash(text, secret) === undefined));
    for (const near of [
      '',
      'sm_live_',
      `${generateKey()} `,
      ` ${generateKey()}`,
      `${generateKey()}\n`,
    ])
      expect(keyHash(near, secret)).toBeUndefined();
  });

  test('of a v1 key is the SHA-256 that v1 stored', () => {
    const legacy = 'sk-stellar-0123456789abcdef0123456789abcdef';
    expect(keyHash(legacy, secret)).toBe(createHash('sha256').update(legacy).digest('hex'));
    expect(keyHash(`${legacy}0`, secret)).toBeUndefined();
    expect(keyHash(legacy.toUpperCase(), secret)).toBeUndefined();
  });
});
