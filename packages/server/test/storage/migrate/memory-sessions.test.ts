import { expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser } from '../../support/engines.js';

describeEngines('the way back from conversations', (engine) => {
  test('loses when they were, keeps every memory, and can be gone again', async () => {
    const db = await engine.open();
    try {
      const user = await seedUser(db);
      await db.owner.query(
        `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at, session_id)
         values ($1, 'm', 0, 'x', 2, 0, 0, 0, 'chat')`,
        [user],
      );
      await db.owner.query(
        `insert into memory_sessions (user_id, id, started_at, first_doc) values ($1, 'chat', 0, 0)`,
        [user],
      );
      const memories = () => db.owner.query('select * from memories');
      const { version } = (await loadMigrations()).find(({ name }) =>
        name.endsWith('memory_sessions'),
      )!;
      // Later ones add columns of their own.
      await migrateDown(db.owner, { to: version });
      const before = await memories();
      await migrateDown(db.owner, { to: version - 1 });
      expect(await memories()).toEqual(before);
      await migrateUp(db.owner, { to: version });
      expect(await memories()).toEqual(before);
      expect(await db.owner.query('select * from memory_sessions')).toEqual([]);
    } finally {
      await db.close();
    }
  });
});
