import { expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser } from '../../support/engines.js';

describeEngines('the way back from what tenants choose', (engine) => {
  test('keeps every memory, and leaves nothing chosen', async () => {
    const db = await engine.open();
    try {
      const user = await seedUser(db);
      await db.owner.query(
        `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
         values ($1::uuid, 'kept', 1, 'x', 4, 0, 0, 0)`,
        [user],
      );
      await db.owner.query(
        `insert into memory_identities (user_id, memory_id, content_hash) values ($1::uuid, 'kept', md5('x')::uuid)`,
        [user],
      );
      await db.owner.query(
        `update tenant_usage set merges_duplicates = true, links_near_duplicates = true, forget_after_days = 90, forgets_at = 0,
                purges_at = 0, purge_version = 1 where user_id = $1::uuid`,
        [user],
      );
      const memories = () => db.owner.query('select * from memories');
      const before = await memories();
      const { version } = (await loadMigrations()).find(({ name }) =>
        /^\d*_?duplicates$/.test(name),
      )!;
      await migrateDown(db.owner, { to: version - 1 });
      expect(await memories()).toEqual(before);
      await migrateUp(db.owner);
      expect(await memories()).toEqual(before);
      expect(
        await db.owner.query(
          'select merges_duplicates, links_near_duplicates, forget_after_days, forgets_at, purges_at, purge_version from tenant_usage where user_id = $1::uuid',
          [user],
        ),
      ).toEqual([
        {
          merges_duplicates: false,
          links_near_duplicates: false,
          forget_after_days: null,
          forgets_at: null,
          purges_at: null,
          purge_version: null,
        },
      ]);
    } finally {
      await db.close();
    }
  });

  test('keeps what a merge replaced as what an edit did', async () => {
    const db = await engine.open();
    try {
      const user = await seedUser(db);
      await db.owner.query(
        `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
         values ($1::uuid, 'kept', 1, 'x', 4, 0, 0, 0)`,
        [user],
      );
      await db.owner.query(
        `insert into memory_versions (user_id, memory_id, version, content, metadata, importance, replaced_at, reason)
         values ($1::uuid, 'kept', 1, 'w', '{}', 0.5, 0, 'merged')`,
        [user],
      );
      const { version } = (await loadMigrations()).find(({ name }) =>
        name.endsWith('near_duplicates'),
      )!;
      const reasons = () => db.owner.query('select content, reason from memory_versions');
      await migrateDown(db.owner, { to: version - 1 });
      expect(await reasons()).toEqual([{ content: 'w', reason: 'edited' }]);
      await migrateUp(db.owner);
      expect(await reasons()).toEqual([{ content: 'w', reason: 'edited' }]);
    } finally {
      await db.close();
    }
  });
});
