import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../../src/domain/ids.js';
import type { EmbeddedDatabase } from '../../src/storage/embedded/embedded-database.js';
import { sql } from '../../src/storage/sql.js';
import { type EmbeddedCopy, openEmbeddedCopy } from '../support/embedded-engine.js';

describe("the owner's session of the embedded engine", () => {
  let copy: EmbeddedCopy;
  let database: EmbeddedDatabase;
  const scope = { role: 'stellar_app', userId: userId(randomUUID()) } as const;
  const endless = sql`select count(*) from generate_series(1, 100000000000)`;

  beforeEach(async () => {
    copy = await openEmbeddedCopy();
    database = copy.database;
  });
  afterEach(() => copy.remove());

  test('holds the engine from begin to commit, and requests wait for it', async () => {
    const owner = database.openOwner();
    await owner.exec('begin');
    await owner.exec('create table made (n int)');
    let answered = false;
    const request = database
      .transaction(scope, (tx) => tx.query(sql`select to_regclass('made')::text as name`))
      .then((rows) => {
        answered = true;
        return rows;
      });
    await owner.query('select 1');
    expect(answered).toBe(false);
    await owner.exec('commit');
    expect(await request).toEqual([{ name: 'made' }]);
  });

  test('keeps what it set between its statements, and requests see none of the rights', async () => {
    const owner = database.openOwner();
    await owner.exec(`set stellar.mark = 'mine'`);
    const [seen] = await database.transaction(scope, (tx) =>
      tx.query(sql<{ role: string }>`select current_user::text as role`),
    );
    expect(seen).toEqual({ role: 'stellar_app' });
    expect(await owner.query(`select current_setting('stellar.mark') as mark`)).toEqual([
      { mark: 'mine' },
    ]);
    await owner.close();
    const next = database.openOwner();
    expect(await next.query(`select current_setting('stellar.mark', true) as mark`)).toEqual([
      { mark: '' },
    ]);
  });

  test('reports SQLSTATE 08006 when the engine was restarted: locks and settings are gone', async () => {
    const owner = database.openOwner();
    await owner.exec('select pg_advisory_lock(7)');
    const overrun = database.transaction(scope, (tx) => tx.query(endless), { timeoutMs: 200 });
    await expect(overrun).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await expect(owner.exec('select 1')).rejects.toMatchObject({ sqlState: '08006' });
    await expect(database.openOwner().query('select 1 as n')).resolves.toEqual([{ n: 1 }]);
  });

  test('does not keep the database from closing, even in the middle of a transaction', async () => {
    const owner = database.openOwner();
    await owner.exec('begin');
    await owner.exec('create table half_made (n int)');
    await database.close();
    await expect(owner.exec('commit')).rejects.toMatchObject({ sqlState: '08006' });
    database = await copy.reopen();
    const rows = await database.openOwner().query(`select to_regclass('half_made')::text as name`);
    expect(rows).toEqual([{ name: null }]);
  });
});
