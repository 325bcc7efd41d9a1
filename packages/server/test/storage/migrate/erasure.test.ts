import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';

describeEngines('the migration of erasures', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  test('goes down and up with rows: a closed account opens to nobody, and receipts are not lost', async () => {
    const { version } = (await loadMigrations()).find(({ name }) => name.endsWith('_erasure'))!;
    const user = await seedUser(db);
    await db.owner.exec(`
      update users set status = 'closed' where id = '${user}';
      insert into erasures (user_id, requested_at, due_at) values ('${user}', now(), now() + interval '7 days');
      insert into erasure_receipts (account_id, requested_at, counts)
      values ('11111111-1111-4111-8111-111111111111', now(), '{"memories": 3}')`);
    const receipts = () => db.owner.query('select to_jsonb(r) as receipt from erasure_receipts r');
    const before = await receipts();
    await migrateDown(db.owner, { to: version - 1 });
    const status = () => db.owner.query('select status from users where id = $1', [user]);
    expect(await status()).toEqual([{ status: 'suspended' }]);
    await migrateUp(db.owner);
    expect(await status()).toEqual([{ status: 'suspended' }]);
    expect(await receipts()).toEqual(before);
  });
});
