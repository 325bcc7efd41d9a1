import { expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser } from '../../support/engines.js';

describeEngines('the way back from bound keys', (engine) => {
  test('closes keys that an older release would let act as everybody, and opens them again', async () => {
    const db = await engine.open();
    try {
      const user = await seedUser(db);
      await db.owner.query(
        `insert into api_keys (user_id, id, key_hash, key_prefix, name) values
           ($1::uuid, '00000000-0000-4000-8000-000000000001', 'h1', 'p', 'plain'),
           ($1::uuid, '00000000-0000-4000-8000-000000000002', 'h2', 'p', 'bound')`,
        [user],
      );
      await db.owner.query(
        `update api_keys set agent_id = 'robot', parent_id = '00000000-0000-4000-8000-000000000001',
           replaced_by = '00000000-0000-4000-8000-000000000001' where user_id = $1::uuid and name = 'bound'`,
        [user],
      );
      const rows = () => db.owner.query('select * from api_keys order by name');
      const active = () => db.owner.query('select name from api_keys where is_active');
      const before = await rows();
      const { version } = (await loadMigrations()).find(({ name }) =>
        name.endsWith('key_bindings'),
      )!;
      await migrateDown(db.owner, { to: version - 1 });
      expect(await active()).toEqual([{ name: 'plain' }]);
      await migrateUp(db.owner);
      expect(await rows()).toEqual(before);
    } finally {
      await db.close();
    }
  });
});
