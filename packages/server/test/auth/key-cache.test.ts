import { expect, test } from 'vitest';
import { KeyCache, maxAgeMs } from '../../src/auth/key-cache.js';
import { apiKeyId, userId } from '../../src/domain/ids.js';
import type { StoredKey } from '../../src/storage/statements/api-keys.system.js';

const stored: StoredKey = {
  userId: userId('00000000-0000-4000-8000-000000000001'),
  apiKeyId: apiKeyId('00000000-0000-4000-8000-000000000002'),
  scopes: ['read'],
  isActive: true,
  expiresAt: null,
  lastUsedAt: null,
  agentId: null,
  tier: 'free',
  status: 'active',
};

/** A cache over a table that the test changes, a clock that it moves and look-ups that it lets end. */
function setUp() {
  const clock = { now: 1_000_000, nowMs: () => clock.now };
  const table = new Map<string, StoredKey>([['known', stored]]);
  const asked: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  const cache = new KeyCache(async (hash) => {
    asked.push(hash);
    const found = table.get(hash);
    await gate;
    return found;
  }, clock);
  const hold = (): { release: (error?: Error) => void } => {
    let release!: (error?: Error) => void;
    gate = new Promise((resolve, reject) => {
      release = (error) => (error === undefined ? resolve() : reject(error));
    });
    return { release };
  };
  return { cache, clock, table, asked, hold };
}

test('a key is looked up once while its answer is fresh, and again when it is not', async () => {
  const { cache, clock, asked } = setUp();
  expect(await cache.find('known')).toBe(stored);
  clock.now += maxAgeMs;
  expect(await cache.find('known')).toBe(stored);
  expect(asked).toEqual(['known']);
  clock.now += 1;
  await cache.find('known');
  expect(asked).toEqual(['known', 'known']);
});

test('a revocation elsewhere is visible in less than a second', async () => {
  const { cache, clock, table } = setUp();
  await cache.find('known');
  table.delete('known');
  clock.now += 999;
  expect(await cache.find('known')).toBeUndefined();
});

test('an answer is as old as its look-up, however long that took', async () => {
  const { cache, clock, table, hold } = setUp();
  const { release } = hold();
  const slow = cache.find('known');
  table.delete('known');
  clock.now += maxAgeMs + 1;
  const late = cache.find('known');
  release();
  expect(await slow).toBe(stored);
  expect(await late).toBeUndefined();
});

test('concurrent requests with one key share one look-up', async () => {
  const { cache, asked, hold } = setUp();
  const { release } = hold();
  const all = Promise.all(Array.from({ length: 50 }, () => cache.find('known')));
  release();
  expect(new Set(await all)).toEqual(new Set([stored]));
  expect(asked).toEqual(['known']);
});

test('a forgotten key is asked for again at once, even when a look-up was under way', async () => {
  const { cache, table, hold } = setUp();
  const { release } = hold();
  const before = cache.find('known');
  table.delete('known');
  cache.forget('known');
  release();
  expect(await before).toBe(stored);
  expect(await cache.find('known')).toBeUndefined();
});

test('a failed look-up is not remembered', async () => {
  const { cache, hold } = setUp();
  const { release } = hold();
  const failing = cache.find('known');
  release(new Error('database down'));
  await expect(failing).rejects.toThrow('database down');
  hold().release();
  expect(await cache.find('known')).toBe(stored);
});

test('a clock set back makes no answer live longer', async () => {
  const { cache, clock, table } = setUp();
  await cache.find('known');
  table.delete('known');
  clock.now -= 86_400_000;
  expect(await cache.find('known')).toBeUndefined();
});

test('ten thousand guesses do not push a real key out', async () => {
  const { cache, asked } = setUp();
  await cache.find('known');
  for (let guess = 0; guess < 10_000; guess += 1) await cache.find(`guess ${guess}`);
  asked.length = 0;
  await cache.find('known');
  expect(asked).toEqual([]);
});
