import { expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { send } from '../../memory/mutations/sending.js';
import { describeEngines, seedUser } from '../../support/engines.js';
import { openNode } from '../../support/memory-service.js';

describeEngines('the migration of mutations', (engine) => {
  test('goes away with its answers and comes again, and leaves memories alone', async () => {
    const db = await engine.open();
    try {
      const { version } = (await loadMigrations()).find(({ name }) => name.endsWith('_mutations'))!;
      const user = await seedUser(db);
      const { memories, index } = openNode(db.database);
      await send(memories, user, [{ op: 'store', memory: { content: 'stays' } }]);
      await index.idle();
      await migrateDown(db.owner, { to: version - 1 });
      await migrateUp(db.owner);
      expect(await db.owner.query('select mid from mutations')).toEqual([]);
      expect((await memories.stats(user)).total_memories).toBe(1);
    } finally {
      await db.close();
    }
  });
});
