import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedDatabase } from '../../src/storage/embedded/embedded-database.js';
import { checkpointIfDue, vacuumIfDue } from '../../src/storage/embedded/upkeep.js';
import type { OwnerConnection } from '../../src/storage/migrate/owner-connection.js';
import { type EmbeddedCopy, openEmbeddedCopy } from '../support/embedded-engine.js';

describe('upkeep of the embedded engine', () => {
  let copy: EmbeddedCopy;
  let database: EmbeddedDatabase;
  let owner: OwnerConnection;

  beforeAll(async () => {
    copy = await openEmbeddedCopy();
    database = copy.database;
    owner = database.openOwner();
  });
  afterAll(() => copy.remove());

  const writeWal = (megabytes: number) =>
    owner.exec(
      `select count(pg_logical_emit_message(false, 'test', repeat('x', 1000000))) from generate_series(1, ${megabytes})`,
    );
  const walFiles = async () =>
    (await readdir(join(copy.dataDir, 'pgdata', 'pg_wal'))).filter((name) => name.length === 24);

  test('checkpoints after 64 MB of WAL and not before, so that the WAL is used again', async () => {
    await owner.exec('checkpoint');
    await writeWal(40);
    expect(await checkpointIfDue(owner)).toBe(false);
    await writeWal(40);
    expect(await checkpointIfDue(owner)).toBe(true);
    expect(await checkpointIfDue(owner)).toBe(false);
    for (let round = 0; round < 4; round += 1) {
      await writeWal(80);
      await checkpointIfDue(owner);
    }
    // 400 MB were written; without checkpoints there would be 25 files.
    expect((await walFiles()).length).toBeLessThan(18);
  });

  test('vacuums what was deleted and analyses what was added, then finds nothing due', async () => {
    await owner.exec('create table kept (n int); create table emptied (n int)');
    await owner.exec('insert into kept select generate_series(1, 5000)');
    await owner.exec('insert into emptied select generate_series(1, 5000); delete from emptied');
    const [before] = await owner.query<{ bytes: number }>(
      `select pg_relation_size('emptied')::int as bytes`,
    );
    expect(await vacuumIfDue(owner)).toEqual(expect.arrayContaining(['kept', 'emptied']));
    const [after] = await owner.query<{ bytes: number; rows: number }>(
      `select pg_relation_size('emptied')::int as bytes, reltuples as rows from pg_class where relname = 'kept'`,
    );
    expect(before?.bytes).toBeGreaterThan(0);
    expect(after).toEqual({ bytes: 0, rows: 5000 });
    expect(await vacuumIfDue(owner)).not.toEqual(expect.arrayContaining(['kept', 'emptied']));
  });

  test('runs by itself after writes', async () => {
    await owner.exec('checkpoint');
    await writeWal(80);
    await database.transaction({ role: 'stellar_system' }, async () => undefined);
    const due = `select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()`;
    await expect
      .poll(async () => (await owner.query<{ bytes: number }>(due))[0]?.bytes)
      .toBeLessThan(10_000_000);
  });
});
