import fs from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DurableFiles } from '../../src/storage/embedded/durable-files.js';
import { openEmbeddedDatabase } from '../../src/storage/embedded/embedded-database.js';
import { startParameters } from '../../src/storage/embedded/start-parameters.js';
import { startEmbeddedProcess } from '../support/embedded-process.js';
import { embeddedTemplate } from '../support/embedded-template.js';

describe('what the embedded engine acknowledged', { timeout: 600_000 }, () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'stellar-durability-'));
    await cp(await embeddedTemplate(), directory, { recursive: true });
  });
  afterEach(() => rm(directory, { recursive: true }));

  const asOwner = async <T>(work: (query: (text: string) => Promise<unknown[]>) => Promise<T>) => {
    const database = await openEmbeddedDatabase({ dataDir: directory });
    try {
      const owner = database.openOwner();
      return await work((text) => owner.query(text));
    } finally {
      await database.close();
    }
  };

  test('is there after each of 12 kills in the middle of commits', async () => {
    await asOwner(async (query) => {
      await query('create table acknowledged (n int primary key, filler text)');
      await query('grant select, insert on acknowledged to stellar_app');
    });
    let last = 0;
    for (let kill = 0; kill < 12; kill += 1) {
      const writer = startEmbeddedProcess('commit', directory);
      // Another moment each time: from 1 to 78 commits of this process.
      const first = Number(await writer.word());
      // One more than acknowledged may have been committed just before the last kill.
      expect([last + 1, last + 2]).toContain(first);
      last = first;
      for (let more = 7 * kill; more > 0; more -= 1) last = Number(await writer.word());
      await writer.kill();
      // What it said before it died was acknowledged too.
      for (let word = await writer.word(); word !== undefined; word = await writer.word())
        last = Number(word);
    }
    const [row] = await asOwner((query) =>
      query('select max(n) as last, count(*) as rows from acknowledged'),
    );
    const { last: kept, rows } = row as { last: number; rows: number };
    expect(rows).toBe(kept);
    expect([last, last + 1]).toContain(kept);
  });

  test('was flushed to the disk first: one fdatasync a commit, where PGlite by itself has none', async () => {
    const flushes = async (files: NodeFS): Promise<number> => {
      const spies = [vi.spyOn(fs, 'fdatasyncSync'), vi.spyOn(fs, 'fsyncSync')];
      const engine = await PGlite.create({ fs: files, startParams: [...startParameters] });
      await engine.exec('create table if not exists flushed (n int)');
      for (const spy of spies) spy.mockClear();
      for (let n = 0; n < 20; n += 1) await engine.query('insert into flushed values ($1)', [n]);
      const calls = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
      await engine.close();
      vi.restoreAllMocks();
      return calls;
    };
    const cluster = join(directory, 'pgdata');
    expect(await flushes(new DurableFiles(cluster))).toBeGreaterThanOrEqual(20);
    expect(await flushes(new NodeFS(cluster))).toBe(0);
  });

  test('survives a close and an open', async () => {
    await asOwner((query) => query('create table kept as select 7 as n'));
    expect(await asOwner((query) => query('select n from kept'))).toEqual([{ n: 7 }]);
  });
});
