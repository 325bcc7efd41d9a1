import { expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { shareOf, TenantShares } from '../../src/storage/postgres/tenant-shares.js';
import { sql } from '../../src/storage/sql.js';
import { engines, seedUser } from '../support/engines.js';
import { hasPostgres } from '../support/postgres-server.js';

const alice = '00000000-0000-4000-8000-00000000000a' as UserId;
const bob = '00000000-0000-4000-8000-00000000000b' as UserId;
const patientMs = 60_000;

test('a share leaves most of a pool to others, and lets two transactions overlap where there are two', () => {
  expect([1, 2, 3, 4, 10, 16].map(shareOf)).toEqual([1, 2, 2, 2, 4, 6]);
});

test('beyond his share a tenant waits for his own, in order, and nobody waits for him', async () => {
  const shares = new TenantShares(2, patientMs);
  const held = [await shares.take(alice), await shares.take(alice)];
  const order: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    const giveBack = await shares.take(alice);
    order.push(name);
    return giveBack;
  });
  const others = [await shares.take(bob), await shares.take(bob)];
  expect(order).toEqual([]);
  held[0]!();
  const first = await waiting[0]!;
  expect(order).toEqual(['first']);
  first();
  (await waiting[1]!)();
  expect(order).toEqual(['first', 'second']);
  for (const giveBack of [held[1]!, ...others]) giveBack();
  expect(shares.size).toBe(0);
});

test('who has waited long enough is told so, and leaves no place behind', async () => {
  const shares = new TenantShares(1, 1);
  const giveBack = await shares.take(alice);
  await expect(shares.take(alice)).rejects.toMatchObject({ code: 'unavailable' });
  giveBack();
  expect(shares.size).toBe(0);
});

test.skipIf(!hasPostgres())(
  'every way out of a transaction gives its place back, and one tenant cannot take every connection',
  async () => {
    const db = await engines.find(({ name }) => name === 'postgres')!.open({ poolSize: 4 });
    try {
      const [busy, other] = [await seedUser(db), await seedUser(db)];
      const work = async (number: number): Promise<unknown> =>
        db.tenants.withTenant(
          busy,
          async (tx) => {
            if (number % 4 === 0) return 'asked nothing';
            if (number % 4 === 1) return tx.query(sql`select 1 / 0`);
            if (number % 4 === 2) throw new Error('a way out');
            return tx.query(sql`select 1`);
          },
          { readOnly: number % 8 < 4 },
        );
      await Promise.allSettled(Array.from({ length: 80 }, (_, number) => work(number)));
      let leave = (): void => undefined;
      const left = new Promise<void>((resolve) => {
        leave = resolve;
      });
      const holding = Array.from({ length: 8 }, () =>
        db.tenants.withTenant(busy, async (tx) => {
          await tx.query(sql`select 1`);
          await left;
        }),
      );
      const all = Promise.all(holding);
      expect(await db.tenants.withTenant(other, (tx) => tx.query(sql`select 1 as one`))).toEqual([
        { one: 1 },
      ]);
      leave();
      await all;
    } finally {
      await db.close();
    }
  },
);
