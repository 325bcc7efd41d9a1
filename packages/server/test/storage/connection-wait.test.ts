import { describe, expect, test } from 'vitest';
import { sql } from '../../src/storage/sql.js';
import { engines, seedUser } from '../support/engines.js';
import { hasPostgres } from '../support/postgres-server.js';

const postgres = engines.find(({ name }) => name === 'postgres');

describe.skipIf(!hasPostgres())('waiting for a connection, on postgres', () => {
  test('ends after the time it was given', async () => {
    const db = await postgres!.open({ poolSize: 1, waitMs: 20 });
    let leave = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      leave = resolve;
    });
    try {
      const [user, other] = [await seedUser(db), await seedUser(db)];
      let taken = (): void => undefined;
      const entered = new Promise<void>((resolve) => {
        taken = resolve;
      });
      const holding = db.tenants.withTenant(user, async (tx) => {
        await tx.query(sql`select 1`);
        taken();
        await held;
      });
      await entered;
      await expect(
        db.tenants.withTenant(other, (tx) => tx.query(sql`select 1`)),
      ).rejects.toMatchObject({ code: 'unavailable', details: { retryAfterSeconds: 1 } });
      leave();
      await holding;
    } finally {
      leave();
      await db.close();
    }
  });
});
