import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations, migrationsFolder } from '../../../src/storage/migrate/migration-files.js';
import { migrationPlan, migrationStatus } from '../../../src/storage/migrate/migration-status.js';
import { dumpSchema } from '../../../src/storage/migrate/schema-dump.js';
import { describeEngines, type TestDatabase } from '../../support/engines.js';
import { verifies } from '../../support/verifies.js';
import { withoutBookkeeping } from './v1-database.js';

describeEngines('a fresh database', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  test('has the schema that schema.sql shows, on every engine and version alike', async () => {
    verifies('F1', 'FR-01', 'FR-10');
    const reviewed = await readFile(join(migrationsFolder, 'schema.sql'), 'utf8');
    expect(reviewed).toContain(await dumpSchema(db.owner));
  });

  test('is brought up once: a second run finds nothing to do', async () => {
    expect(await migrateUp(db.owner)).toEqual({ done: [], waiting: [] });
  });

  test('needs no legacy owner and waits for nobody', async () => {
    const { migrations, legacy } = await migrationStatus(db.owner);
    expect(new Set(migrations.map(({ state }) => state))).toEqual(new Set(['applied']));
    expect(legacy).toBeUndefined();
  });

  test('goes down to any version and up again with the same schema at every stop', async () => {
    verifies('NFR-migration');
    const versions = (await loadMigrations()).map(({ version }) => version).reverse();
    const top = await dumpSchema(db.owner);
    const down = new Map<number, string>();
    for (const version of versions) {
      await migrateDown(db.owner, { to: version - 1 });
      down.set(version - 1, withoutBookkeeping(await dumpSchema(db.owner)));
    }
    expect(down.get(-1)).toBe('');
    for (const version of versions.toReversed()) {
      expect(withoutBookkeeping(await dumpSchema(db.owner))).toBe(down.get(version - 1));
      await migrateUp(db.owner, { to: version });
    }
    expect(await dumpSchema(db.owner)).toBe(top);
  });

  test('with rows is not taken below v1: that would delete them', async () => {
    await migrateDown(db.owner, { to: 0 });
    await db.owner.exec(`insert into users (email) values ('somebody@example.com')`);
    await expect(migrateDown(db.owner, { to: -1 })).rejects.toThrow(/users holds rows/);
    await db.owner.exec('delete from users');
    await migrateUp(db.owner);
  });

  test('that was taken back shows in the plan what would run', async () => {
    await migrateDown(db.owner, { to: 4 });
    const plan = await migrationPlan(db.owner);
    expect(plan.migrations[0]?.name).toBe('005_recalls');
    expect(plan.migrations[0]?.steps).toContain('answers by Idempotency-Key');
    expect(plan).toMatchObject({ waiting: [], needsLegacyOwner: false, problems: [] });
    await migrateUp(db.owner);
  });
});
