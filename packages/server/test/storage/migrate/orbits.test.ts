import { StoreRequest } from '@stellar-memory/protocol';
import { expect, test } from 'vitest';
import { sweepOrbits } from '../../../src/memory/orbit-sweep.system.js';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser } from '../../support/engines.js';
import { openNode } from '../../support/memory-service.js';

describeEngines('the way back from orbits', (engine) => {
  test('keeps every memory in its zone, and on the way up again the first sweep places them', {
    timeout: 60_000,
  }, async () => {
    const db = await engine.open();
    try {
      const user = await seedUser(db);
      const { memories } = openNode(db.database);
      const request = (importance: number) => StoreRequest.parse({ content: 'A note', importance });
      await memories.storeBatch(user, [1, 0.5, 0.2].map(request));
      await db.owner.query('update memories set zone = 2 where user_id = $1::uuid', [user]);
      await db.owner.query(
        'update tenant_usage set zone_0 = 0, zone_2 = 3, zone_3 = 0, zone_4 = 0 where user_id = $1::uuid',
        [user],
      );
      const rows = () =>
        db.owner.query<{ zone: number }>(
          'select id, zone, total_score, recall_count from memories order by doc',
        );
      const before = await rows();
      const { version } = (await loadMigrations()).find(({ name }) => name.endsWith('_orbits'))!;
      await migrateDown(db.owner, { to: version - 1 });
      expect(await rows()).toEqual(before);
      await migrateUp(db.owner);
      expect(await rows()).toEqual(before);
      const now = Date.now() + 1_000;
      await sweepOrbits({ system: db.system, tenants: db.tenants, clock: { nowMs: () => now } });
      // Time moves outward only: what its score allows further in waits for a recall or an edit.
      expect((await rows()).map(({ zone }) => zone)).toEqual([2, 2, 2]);
      await sweepOrbits({
        system: db.system,
        tenants: db.tenants,
        clock: { nowMs: () => now + 30 * 86_400_000 },
      });
      expect((await rows()).map(({ zone }) => zone)).toEqual([2, 3, 4]);
      expect((await memories.stats(user)).zones).toEqual({
        '0': 0,
        '1': 0,
        '2': 1,
        '3': 1,
        '4': 1,
      });
    } finally {
      await db.close();
    }
  });
});
