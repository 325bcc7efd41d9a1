import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedDatabase } from '../../src/storage/embedded/embedded-database.js';
import { openEmbeddedCopy } from '../support/embedded-engine.js';

describe('opening the embedded engine', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stellar-open-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('makes a database where there is none, for its owner only, over what a cut-off start left', async () => {
    const dataDir = join(directory, 'not', 'there', 'yet');
    await mkdir(join(dataDir, 'pgdata.new', 'base'), { recursive: true });
    await writeFile(join(dataDir, 'pgdata.new', 'PG_VERSION'), 'half');
    const database = await openEmbeddedDatabase({ dataDir });
    const owner = database.openOwner();
    const names = await owner.query<{ datname: string }>('select datname from pg_database');
    expect(names).toEqual([{ datname: 'postgres' }]);
    const settings = await owner.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings
        where name in ('fsync', 'wal_sync_method', 'full_page_writes', 'synchronous_commit', 'server_encoding')
        order by name`,
    );
    expect(settings.map(({ name, setting }) => `${name}=${setting}`)).toEqual([
      'fsync=on',
      'full_page_writes=on',
      'server_encoding=UTF8',
      'synchronous_commit=on',
      'wal_sync_method=fsync',
    ]);
    await database.close();
    expect(await readdir(dataDir)).toEqual(['pgdata']);
    expect((await stat(join(dataDir, 'pgdata'))).mode & 0o077).toBe(0);
  });

  test('says what Postgres said when it does not start, and gives the directory back', async () => {
    const copy = await openEmbeddedCopy(directory);
    await copy.database.close();
    await writeFile(join(directory, 'pgdata', 'PG_VERSION'), '12\n');
    const opening = openEmbeddedDatabase({ dataDir: directory });
    await expect(opening).rejects.toThrow(`The database in ${join(directory, 'pgdata')} cannot be`);
    await expect(opening).rejects.toThrow('version 12');
    expect(await readdir(directory)).toEqual(['pgdata']);
  });
});
