import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { userId } from '../../src/domain/ids.js';
import type { EmbeddedDatabase } from '../../src/storage/embedded/embedded-database.js';
import { sql } from '../../src/storage/sql.js';
import { type EmbeddedCopy, openEmbeddedCopy } from '../support/embedded-engine.js';

const run = (program: string, ...args: string[]): void => {
  execFileSync(program, args, { stdio: 'ignore' });
};

/** Mounts a small disk, where that is allowed. */
function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'stellar-disk-'));
  try {
    run('mount', '-t', 'tmpfs', '-o', 'size=180m', 'tmpfs', folder);
    return folder;
  } catch {
    // Only root may, and not in every container: the suite is then skipped, and said so.
    rmSync(folder, { recursive: true });
    return undefined;
  }
}

const disk = smallDisk();

describe.runIf(disk !== undefined)('the embedded engine on a full disk', () => {
  const folder = disk ?? '';
  const ballast = join(folder, 'ballast');
  const scope = { role: 'stellar_app', userId: userId(randomUUID()) } as const;
  let copy: EmbeddedCopy;
  let database: EmbeddedDatabase;

  beforeAll(async () => {
    mkdirSync(join(folder, 'data'));
    copy = await openEmbeddedCopy(join(folder, 'data'));
    database = copy.database;
    const owner = database.openOwner();
    await owner.exec(
      'create table filled (filler text); grant select, insert on filled to stellar_app',
    );
    await owner.close();
  });
  afterAll(async () => {
    await copy.remove();
    run('umount', folder);
    rmSync(folder, { recursive: true });
  });

  const fill = (rows: number) =>
    database.transaction(scope, (tx) =>
      // Not compressible, so that a row of 32 KB takes 32 KB.
      tx.query(sql`insert into filled
        select string_agg(md5(random()::text), '') from generate_series(1, ${rows * 1024}::int) n group by n % ${rows}::int`),
    );
  const count = async () => {
    const rows = await database.transaction(
      scope,
      (tx) => tx.query(sql<{ n: number }>`select count(*) as n from filled`),
      { readOnly: true },
    );
    return rows[0]?.n;
  };

  test('restarts when one statement takes the reserve too, and keeps what it had', async () => {
    await fill(10);
    const owner = database.openOwner();
    await owner.exec('select 1');
    // The guard sees room for the statement to begin.
    freeUpTo(40 * 1024 * 1024);
    await expect(fill(4_000)).rejects.toMatchObject({ code: 'storage_full' });
    await expect(owner.exec('select 1')).rejects.toMatchObject({ sqlState: '08006' });
    rmSync(ballast);
    await expect.poll(() => count().catch(() => undefined)).toBe(10);
  });

  test('refuses writes with storage_full before the engine has no room left, and goes on reading', async () => {
    let kept = (await count()) ?? 0;
    const filling = async (): Promise<never> => {
      for (;;) {
        await fill(50);
        kept += 50;
      }
    };
    await expect(filling()).rejects.toMatchObject({ code: 'storage_full' });
    expect(kept).toBeGreaterThan(10);
    expect(await count()).toBe(kept);
  });

  /** Fills the disk but for so many bytes. */
  function freeUpTo(bytes: number): void {
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
  }
});
