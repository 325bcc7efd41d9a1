import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { appendAudit, verifyOwnChain } from '../../../src/storage/statements/audit-log.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';

describeEngines('the migration of the audit log', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  test('goes down and up with rows: what operators did before begins the chain', async () => {
    const { version } = (await loadMigrations()).find(({ name }) => name.endsWith('_audit'))!;
    const user = await seedUser(db);
    await db.owner.query(
      `insert into operator_actions (user_id, action, change, reason, at)
       values ($1, 'user.tier', '{"before": "free", "after": "pro"}', 'a gift', now()),
              ($1, 'user.status', '{}', null, now() + interval '1 second')`,
      [user],
    );
    await db.tenants.withTenant(user, (tx) =>
      appendAudit(tx, { action: 'key.created', actor: 'owner', detail: {} }),
    );
    await migrateDown(db.owner, { to: version - 1 });
    await migrateUp(db.owner);
    const rows = await db.owner.query<{ action: string; actor: string }>(
      'select action, actor from audit_log where user_id = $1 order by seq',
      [user],
    );
    expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
      ['user.tier', 'operator'],
      ['user.status', 'operator'],
    ]);
    expect(await db.tenants.withTenant(user, verifyOwnChain)).toMatchObject({
      rows: 2,
      brokenAt: null,
    });
  });
});
