import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { sql } from '../../src/storage/sql.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { verifies } from '../support/verifies.js';

const rounds = 400;

describeEngines('connections that tenants share', (engine) => {
  verifies('NFR-isolation', 'FR-02');
  let db: TestDatabase;
  let users: UserId[];

  beforeAll(async () => {
    db = await engine.open({ poolSize: 3 });
    users = [];
    while (users.length < 8) users.push(await seedUser(db));
    for (const user of users)
      await db.owner.query(
        `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
         values ($1::text::uuid, 'one', 0, $1, 2, 0, 0, 0)`,
        [user],
      );
  });
  afterAll(() => db.close());

  const seen = (user: UserId, fail: boolean): Promise<string[]> =>
    db.tenants.withTenant(user, async (tx) => {
      // No filter: only the policy stands between this statement and everybody's rows.
      const rows = await tx.query<{ content: string }>(sql`select content from memories`);
      if (fail) await tx.query(sql`select 1 / 0`);
      return rows.map((row) => row.content);
    });

  test('carry nothing from one tenant to the next, failed transactions among them', async () => {
    const wrong: string[] = [];
    const worker = async (start: number): Promise<void> => {
      for (let round = start; round < rounds; round += 8) {
        const user = users[(round * 5) % users.length]!;
        const fail = round % 7 === 0;
        const contents = await seen(user, fail).catch(() => undefined);
        if (contents === undefined ? !fail : contents.join() !== user) wrong.push(user);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, start) => worker(start)));
    expect(wrong).toEqual([]);
  });

  test('forget the tenant when the transaction ends', async () => {
    await seen(users[0]!, false);
    const settings = await db.system.asSystem((tx) =>
      tx.query<{ tenant: string }>(
        sql`select current_setting('app.current_user_id', true) as tenant`,
      ),
    );
    expect(settings).toEqual([{ tenant: '' }]);
  });

  test('give the system role no memory', async () => {
    await expect(
      db.system.asSystem((tx) => tx.query(sql`select content from memories`)),
    ).rejects.toMatchObject({ sqlState: '42501' });
  });
});
