import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DatabaseError } from '../../../src/storage/database-error.js';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { migrationStatus } from '../../../src/storage/migrate/migration-status.js';
import type { OwnerConnection } from '../../../src/storage/migrate/owner-connection.js';
import { connectPostgresOwner, migratorName } from '../../../src/storage/migrate/postgres-owner.js';
import type { MigrationProgress } from '../../../src/storage/migrate/progress.js';
import { dumpSchema } from '../../../src/storage/migrate/schema-dump.js';
import { hasPostgres } from '../../support/postgres-server.js';
import { verifies } from '../../support/verifies.js';
import { asAdmin, type ScratchDatabase, scratchDatabase } from './scratch-database.js';
import { legacyEmail, rowsOf, seedV1, withoutBookkeeping } from './v1-database.js';

const adoption = { legacyOwner: legacyEmail, endLegacy: true };

describe.skipIf(!hasPostgres())('a migration that is cut off', () => {
  let db: ScratchDatabase;
  let owner: OwnerConnection;
  beforeEach(async () => {
    db = await scratchDatabase('plain owner');
    owner = await db.connect();
  });
  afterEach(() => db.drop());

  test('at any statement, whether or not the database still did it, is finished by the next run', async () => {
    verifies('NFR-migration');
    await seedV1(owner, 200);
    const v1 = await rowsOf(owner);
    let runs = 0;
    for (let done = false; !done; runs += 1) done = await runUntilStatement(db, 10 + runs);
    expect(runs).toBeGreaterThan(25);
    const top = await dumpSchema(owner);
    await migrateDown(owner, { to: 0 });
    expect(await rowsOf(owner)).toEqual(v1);
    await migrateUp(owner, { endLegacy: true });
    expect(await dumpSchema(owner)).toBe(top);
  });

  test('after any step goes back to v1 byte for byte', async () => {
    verifies('NFR-migration');
    await seedV1(owner, 100);
    const v1 = { dump: withoutBookkeeping(await dumpSchema(owner)), rows: await rowsOf(owner) };
    const steps = (await loadMigrations()).flatMap(({ up }) => up).length;
    for (let step = 1; step < steps; step += 1) {
      await expect(
        migrateUp(owner, { ...adoption, onProgress: stopAfter(step) }),
        `step ${step}`,
      ).rejects.toThrow(Stop);
      await migrateDown(owner, { to: 0 });
      expect(withoutBookkeeping(await dumpSchema(owner)), `step ${step}`).toBe(v1.dump);
      expect(await rowsOf(owner)).toEqual(v1.rows);
    }
  }, 600_000);

  test('on its way back goes on either way from there', async () => {
    await seedV1(owner, 100);
    await migrateUp(owner, adoption);
    const top = await dumpSchema(owner);
    const steps = (await loadMigrations()).flatMap(({ down }) => down).length;
    for (let step = 3; step < steps; step += 4) {
      await expect(migrateDown(owner, { to: -1, onProgress: stopAfter(step) })).rejects.toThrow(
        Stop,
      );
      if (step % 8 === 3) await migrateDown(owner, { to: 0 });
      await migrateUp(owner, { endLegacy: true });
      expect(await dumpSchema(owner), `step ${step}`).toBe(top);
    }
  });

  test('by kill −9 is finished by the next run', async () => {
    await seedV1(owner, 12_000);
    for (const title of ['the owners exist', 'document numbers in the order of storing']) {
      await killMigratorAt(db, title);
      expect((await migrationStatus(owner)).migrations.map(({ state }) => state)).toContain(
        'unfinished',
      );
    }
    await migrateUp(owner, adoption);
    const { rows } = await asAdmin(db.adminUrl, (admin) =>
      admin.query<{ docs: number; highest: number }>(
        'select count(distinct doc)::int as docs, max(doc) as highest from memories',
      ),
    );
    expect(rows).toEqual([{ docs: 12_000, highest: 11_999 }]);
  });

  test('while it built an index leaves an invalid one, which the next run builds again', async () => {
    await seedV1(owner, 100);
    await asAdmin(db.adminUrl, async (v1) => {
      await loseSessionWhileIndexing(db, v1);
      expect(await invalidIndexes(v1)).toEqual(['memories_user_id_zone']);
      await migrateUp(owner, adoption);
      expect(await invalidIndexes(v1)).toEqual([]);
    });
  });

  test('and run by twenty nodes at once is done once', async () => {
    verifies('NFR-migration');
    await seedV1(owner, 5_000);
    const nodes = await Promise.all(Array.from({ length: 20 }, () => db.connect()));
    const results = await Promise.all(nodes.map((node) => migrateUp(node, adoption)));
    const names = (await loadMigrations()).map(({ name }) => name);
    expect(results.flatMap(({ done }) => done).sort()).toEqual(names);
  });
});

class Stop extends Error {}

const stopAfter = (steps: number): ((progress: MigrationProgress) => void) => {
  let done = 0;
  return ({ event }) => {
    if (event === 'step-done') done += 1;
    if (event === 'step-done' && done === steps) throw new Stop();
  };
};

/** Migrates on a session that is lost at its nth statement; in turns before the database gets it and after. */
async function runUntilStatement(db: ScratchDatabase, nth: number): Promise<boolean> {
  const connection = await connectPostgresOwner(db.url);
  let calls = 0;
  const mortal = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls < nth) return work();
    if (calls === nth && nth % 2 === 0) await work();
    if (calls === nth) await connection.close();
    throw new DatabaseError('08006', undefined, new Error('the session is lost'));
  };
  try {
    await migrateUp(
      {
        ...connection,
        exec: (text) => mortal(() => connection.exec(text)),
        query: (text, values) => mortal(() => connection.query(text, values)),
      },
      adoption,
    );
    await connection.close();
    return true;
  } catch (error) {
    if (calls < nth) throw error;
    return false;
  }
}

/** Runs a migrator of its own process until it begins this step (or is amid its rows), and kills it. */
async function killMigratorAt(db: ScratchDatabase, title: string): Promise<void> {
  const script = fileURLToPath(new URL('./migrator-process.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--conditions=stellar:source', '--import', 'tsx', script, db.url, JSON.stringify(adoption)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    const progress = JSON.parse(line) as MigrationProgress;
    if (!('title' in progress) || progress.title !== title) continue;
    if (progress.event === 'rows' || !title.startsWith('document')) break;
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Ends the migrator's session while its first index waits for a transaction of v1. */
async function loseSessionWhileIndexing(db: ScratchDatabase, v1: pg.Client): Promise<void> {
  const connection = await connectPostgresOwner(db.url);
  const exec = async (text: string): Promise<void> => {
    if (!text.startsWith('create index concurrently')) return connection.exec(text);
    await v1.query('begin; lock table memories in row exclusive mode');
    const [building] = await Promise.allSettled([connection.exec(text), terminateWaiting(db)]);
    await v1.query('rollback');
    if (building.status === 'rejected') throw building.reason;
  };
  await expect(migrateUp({ ...connection, exec }, adoption)).rejects.toThrow(
    /index by owner and zone/,
  );
}

async function terminateWaiting(db: ScratchDatabase): Promise<void> {
  await asAdmin(db.adminUrl, async (admin) => {
    const terminate = `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = '${migratorName}' and datname = current_database() and wait_event = 'virtualxid'`;
    while ((await admin.query(terminate)).rowCount === 0) await delay(5);
  });
}

const invalidIndexes = async (client: pg.Client): Promise<string[]> => {
  const { rows } = await client.query<{ name: string }>(
    'select indexrelid::regclass::text as name from pg_index where not indisvalid',
  );
  return rows.map(({ name }) => name);
};
