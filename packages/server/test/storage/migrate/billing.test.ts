import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';

describeEngines('the migration of billing', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  test('goes down and up with rows: who has paid, and who is about to, is not forgotten', async () => {
    const { version } = (await loadMigrations()).find(({ name }) => name.endsWith('_billing'))!;
    const user = await seedUser(db, { tier: 'pro', memoryLimit: 50_000 });
    await db.owner.query(
      `insert into subscriptions (user_id, id, store_id, variant_id, status, test_mode, changed_at, tier, checked_at)
       values ($1, '7', '1', '10', 'active', false, '2025-11-24T00:00:00.123Z', 'pro', now())`,
      [user],
    );
    await db.owner.query(
      `insert into checkout_nonces (user_id, nonce_hash) values ($1, 'the hash of a nonce')`,
      [user],
    );
    const rows = () =>
      db.owner.query(
        `select to_jsonb(s) as subscription, to_jsonb(n) as nonce, u.tier
           from subscriptions s join checkout_nonces n using (user_id) join users u on u.id = s.user_id`,
      );
    const before = await rows();
    expect(before).toHaveLength(1);
    await migrateDown(db.owner, { to: version - 1 });
    expect(await db.owner.query(`select tier from users where id = $1`, [user])).toEqual([
      { tier: 'pro' },
    ]);
    await migrateUp(db.owner);
    expect(await rows()).toEqual(before);
  });
});
