import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { userId } from '../../src/domain/ids.js';
import type { EmbeddedDatabase } from '../../src/storage/embedded/embedded-database.js';
import { planned, type Sql, sql } from '../../src/storage/sql.js';
import { type EmbeddedCopy, openEmbeddedCopy } from '../support/embedded-engine.js';

describe('a statement that is planned once, on the embedded engine', () => {
  let copy: EmbeddedCopy;
  let database: EmbeddedDatabase;
  beforeEach(async () => {
    copy = await openEmbeddedCopy();
    database = copy.database;
  });
  afterEach(() => copy.remove());

  const scope = { role: 'stellar_app', userId: userId(randomUUID()) } as const;
  const run = <Row>(statement: Sql<Row>, timeoutMs = 60_000): Promise<Row[]> =>
    database.transaction(scope, (tx) => tx.query(statement), { timeoutMs });
  const share = (parts: number) =>
    planned(sql<{ share: number }>`select 12 / ${parts}::integer as share`);
  const names = async () =>
    (await run(sql<{ n: number }>`select count(*)::integer as n from pg_prepared_statements`))[0]
      ?.n;

  test('answers each time for its values, and is parsed once', async () => {
    for (const parts of [1, 2, 3, 4, 6, 12, 1, 2])
      expect(await run(share(parts))).toEqual([{ share: 12 / parts }]);
    expect(await names()).toBe(1);
    await run(planned(sql`select ${'another'}::text as text`));
    expect(await names()).toBe(2);
  });

  test('answers after a failure of its own, of its transaction, and at once beside others', async () => {
    await expect(run(share(0))).rejects.toBeInstanceOf(Error);
    expect(await run(share(3))).toEqual([{ share: 4 }]);
    await expect(run(share(0))).rejects.toBeInstanceOf(Error);
    const broken = database.transaction(scope, async (tx) => {
      await tx.query(sql`select 1 / 0`).catch(() => undefined);
      return tx.query(share(2));
    });
    await expect(broken).rejects.toBeInstanceOf(Error);
    const answers = await database.transaction(scope, (tx) =>
      Promise.all([tx.query(share(2)), tx.query(share(4)), tx.query(share(6))]),
    );
    expect(answers).toEqual([[{ share: 6 }], [{ share: 3 }], [{ share: 2 }]]);
  });

  test('is named anew when the session was emptied, and when the engine was started again', async () => {
    await run(share(1));
    const owner = database.openOwner();
    await owner.exec('select 1');
    await owner.close();
    expect(await names()).toBe(0);
    expect(await run(share(2))).toEqual([{ share: 6 }]);
    const endless = sql`select count(*) from generate_series(1, 100000000000)`;
    await expect(run(endless, 200)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(await run(share(3))).toEqual([{ share: 4 }]);
  });
});
