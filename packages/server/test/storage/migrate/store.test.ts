import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.js';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { sql } from '../../../src/storage/sql.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';

/** As nodes of the release before store: with a question of their own, and eight arguments. */
const storeAsBefore = (db: TestDatabase, user: UserId): Promise<{ first_doc: number }[]> => {
  const item = { id: randomUUID(), content: 'x', metadata: {}, importance: 0.5, zone: 4, score: 0 };
  const items = JSON.stringify([{ ...item, created_at: 0, pinned: false, leaves_at: 0 }]);
  return db.tenants.withTenant(user, (tx) =>
    tx.query(sql<{ first_doc: number }>`
      select first_doc from tenant_usage u
       cross join lateral store_counted(u.user_id, ${items}::jsonb, ${[new Uint8Array(1)]}, ${[0, 0, 0, 0, 1]},
                                        null, null, 0, 0)
       where u.user_id = ${tx.userId} and not u.merges_duplicates`),
  );
};

describeEngines('storing while nodes of two releases run', (engine) => {
  test('goes on as before, on the way up and back', async () => {
    const db = await engine.open();
    try {
      const [user, merging] = [await seedUser(db), await seedUser(db)];
      await db.owner.query(
        'update tenant_usage set merges_duplicates = true where user_id = $1::uuid',
        [merging],
      );
      const { version } = (await loadMigrations()).find(({ name }) =>
        name.endsWith('store_asks_itself'),
      )!;
      for (const move of [
        async () => undefined,
        () => migrateDown(db.owner, { to: version - 1 }),
        () => migrateUp(db.owner),
      ]) {
        await move();
        expect(await storeAsBefore(db, user)).toHaveLength(1);
        expect(await storeAsBefore(db, merging)).toEqual([]);
      }
      expect(
        await db.owner.query('select user_id, count(*)::int as memories from memories group by 1'),
      ).toEqual([{ user_id: user, memories: 3 }]);
    } finally {
      await db.close();
    }
  });
});
