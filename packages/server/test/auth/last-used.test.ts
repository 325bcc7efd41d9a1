import { expect, test } from 'vitest';
import { LastUsed } from '../../src/auth/last-used.js';
import { apiKeyId, userId } from '../../src/domain/ids.js';
import type { KeyUse, StoredKey } from '../../src/storage/statements/api-keys.system.js';

const keyNumber = (n: number, lastUsedAt: Date | null = null): StoredKey => ({
  userId: userId('00000000-0000-4000-8000-000000000001'),
  apiKeyId: apiKeyId(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`),
  scopes: ['read'],
  isActive: true,
  expiresAt: null,
  lastUsedAt,
  agentId: null,
  tier: 'free',
  status: 'active',
});

function setUp() {
  const clock = { now: 1_700_000_000_000, nowMs: () => clock.now };
  const written: (readonly KeyUse[])[] = [];
  const database = { down: false };
  const lastUsed = new LastUsed(async (uses) => {
    if (database.down) throw new Error('database down');
    written.push(uses);
  }, clock);
  return { clock, written, database, lastUsed };
}

test('a thousand requests with one key in a minute are one write', async () => {
  const { clock, written, lastUsed } = setUp();
  for (let request = 0; request < 1_000; request += 1) {
    lastUsed.note(keyNumber(1));
    clock.now += 59;
    if (request % 100 === 0) await lastUsed.flush();
  }
  await lastUsed.flush();
  expect(written.flat()).toHaveLength(1);
});

test('a key used in the next minute is written again', async () => {
  const { clock, written, lastUsed } = setUp();
  lastUsed.note(keyNumber(1));
  await lastUsed.flush();
  clock.now += 60_000;
  lastUsed.note(keyNumber(1));
  await lastUsed.flush();
  expect(written.flat().map((use) => use.usedAtMs)).toEqual([1_700_000_000_000, 1_700_000_060_000]);
});

test('a time that another node wrote within the minute is enough', async () => {
  const { clock, written, lastUsed } = setUp();
  lastUsed.note(keyNumber(1, new Date(clock.now - 59_999)));
  await lastUsed.flush();
  expect(written).toEqual([]);
});

test('many keys travel in one write', async () => {
  const { written, lastUsed } = setUp();
  for (let n = 0; n < 40; n += 1) lastUsed.note(keyNumber(n));
  await lastUsed.flush();
  expect(written.map((batch) => batch.length)).toEqual([40]);
});

test('what could not be written is written by the next flush', async () => {
  const { written, database, lastUsed } = setUp();
  lastUsed.note(keyNumber(1));
  database.down = true;
  await expect(lastUsed.flush()).rejects.toThrow('database down');
  database.down = false;
  lastUsed.note(keyNumber(2));
  await lastUsed.flush();
  expect(written.flat()).toHaveLength(2);
});

test('flush waits for a write that is under way', async () => {
  const { clock } = setUp();
  let finish!: () => void;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const lastUsed = new LastUsed(() => finished, clock);
  lastUsed.note(keyNumber(1));
  const order: string[] = [];
  const first = lastUsed.flush().then(() => order.push('background'));
  const second = lastUsed.flush().then(() => order.push('drain'));
  order.push('written');
  finish();
  await Promise.all([first, second]);
  expect(order).toEqual(['written', 'background', 'drain']);
});
