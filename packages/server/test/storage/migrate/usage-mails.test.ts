import { expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser } from '../../support/engines.js';

describeEngines('the way back from mails about usage', (engine) => {
  test('keeps every warning, and mails none of them again', async () => {
    const db = await engine.open();
    try {
      const user = await seedUser(db);
      await db.owner.query(
        `insert into usage_warnings (user_id, resource, percent, limit_value, mail_due_at)
         values ($1::uuid, 'memories', 80, 1000, now()), ($1::uuid, 'memories', 95, 1000, null)`,
        [user],
      );
      const rows = () =>
        db.owner.query(
          'select user_id, resource, percent, limit_value, warned_at from usage_warnings order by percent',
        );
      const before = await rows();
      const { version } = (await loadMigrations()).find(({ name }) =>
        name.endsWith('usage_mails'),
      )!;
      await migrateDown(db.owner, { to: version - 1 });
      expect(await rows()).toEqual(before);
      await migrateUp(db.owner);
      expect(await rows()).toEqual(before);
      const due = await db.owner.query('select from usage_warnings where mail_due_at is not null');
      expect(due).toEqual([]);
    } finally {
      await db.close();
    }
  });
});
