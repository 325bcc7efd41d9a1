import { expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser } from '../../support/engines.js';

describeEngines('the way back from device grants', (engine) => {
  test('forgets devices that wait, keeps every key, and goes up again', async () => {
    const db = await engine.open();
    try {
      const user = await seedUser(db);
      await db.owner.query(
        `insert into api_keys (user_id, id, key_hash, key_prefix, name)
         values ($1::uuid, gen_random_uuid(), 'h', 'p', 'laptop')`,
        [user],
      );
      await db.owner.query(
        `insert into device_requests values ('d', 'u', 'laptop', '{read}', now(), now(), null, 5, 'granted')`,
      );
      await db.owner.query(`insert into device_grants values ($1::uuid, 'd', now())`, [user]);
      const keys = () => db.owner.query('select * from api_keys');
      const before = await keys();
      const { version } = (await loadMigrations()).find(({ name }) =>
        name.endsWith('device_grants'),
      )!;
      await migrateDown(db.owner, { to: version - 1 });
      expect(await keys()).toEqual(before);
      await migrateUp(db.owner);
      expect(await db.owner.query('select * from device_requests')).toEqual([]);
      expect(await keys()).toEqual(before);
    } finally {
      await db.close();
    }
  });
});
