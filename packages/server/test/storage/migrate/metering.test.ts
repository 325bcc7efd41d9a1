import { expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { describeEngines, seedUser } from '../../support/engines.js';

describeEngines('metering', (engine) => {
  test('counts the agents that are there already, and again after a way back', async () => {
    const db = await engine.open();
    try {
      const { version } = (await loadMigrations()).find(({ name }) => name.endsWith('_metering'))!;
      const users = [
        await seedUser(db, { tier: 'pro', agentLimit: 5 }),
        await seedUser(db, { tier: 'promax' }),
      ];
      for (const user of users)
        await db.owner.query(
          `insert into memories (user_id, id, doc, content, created_at, last_recalled_at, zone, updated_at, agent_id)
           select $1::uuid, n::text, n, 'x', 1, 1, 2, 1, case when n < 6 then 'a' || n % 2 end
             from generate_series(0, 9) n`,
          [user],
        );
      const counted = () =>
        db.owner.query(
          `select tier, agents, agent_limit,
                  (select sum(memories)::integer from agents a where a.user_id = u.user_id) as named
             from tenant_usage u join users on users.id = u.user_id order by tier`,
        );
      for (let round = 0; round < 2; round += 1) {
        await migrateDown(db.owner, { to: version - 1 });
        await migrateUp(db.owner);
        expect(await counted()).toEqual([
          { tier: 'pro', agents: 2, agent_limit: 5, named: 6 },
          { tier: 'promax', agents: 2, agent_limit: null, named: 6 },
        ]);
      }
    } finally {
      await db.close();
    }
  });
});
