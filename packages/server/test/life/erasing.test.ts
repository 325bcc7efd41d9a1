import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { restorableSeconds } from '../../src/domain/forgetting.js';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { eraseForgotten } from '../../src/memory/erase-forgotten.system.js';
import { sql } from '../../src/storage/sql.js';
import { selectTenantsToErase } from '../../src/storage/statements/forgotten-memories.system.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { insufficientPrivilege, outcome } from '../support/sql-state.js';

describeEngines('erasing what was forgotten', (engine) => {
  let db: TestDatabase;
  let node: TestNode;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database);
  });
  afterAll(async () => {
    await node.index.idle();
    await db.close();
  });

  const now = { nowMs: () => Date.now() };
  const inAWeek = { nowMs: () => Date.now() + restorableSeconds * 1000 + 1 };
  const erase = (clock = now) => eraseForgotten({ system: db.system, tenants: db.tenants, clock });

  /** Forgets so many, made behind the doors; numbered ids, the first the oldest. */
  async function forget(user: UserId, memories: number, secondsAgo: number): Promise<void> {
    await db.owner.query(
      `insert into forgotten_memories (user_id, memory_id, forgotten_at, reason, memory, versions)
       select $1, n, extract(epoch from now()) - $2::float8 + n / 1000.0, 'asked', '{}', '[]'
         from generate_series(1, $3::int) n`,
      [user, secondsAgo, memories],
    );
  }
  const left = async (user: UserId): Promise<string[]> =>
    (
      await db.owner.query<{ memory_id: string }>(
        'select memory_id from forgotten_memories where user_id = $1 order by forgotten_at',
        [user],
      )
    ).map((row) => row.memory_id);

  test('leaves nothing of what cannot be restored any more, and everything else', async () => {
    const user = await seedUser(db);
    const content = 'A word that must not stay: xylophone.';
    const [gone, kept] = await node.memories.storeBatch(user, [
      StoreRequest.parse({ content }),
      StoreRequest.parse({ content: 'stays' }),
    ]);
    await node.memories.patch(user, gone!.id as MemoryId, { content: `${content} Indeed.` });
    await node.memories.forget(user, gone!.id as MemoryId);
    expect(await erase()).toBe(0);
    expect(await left(user)).toEqual([gone!.id]);
    expect(await erase(inAWeek)).toBe(1);
    const tables = ['memories', 'memory_versions', 'memory_recalls', 'forgotten_memories'];
    for (const table of tables)
      expect(
        await db.owner.query(`select 1 from ${table} t where t::text like '%xylophone%'`),
        table,
      ).toEqual([]);
    expect((await node.memories.get(user, kept!.id as MemoryId)).memory.content).toBe('stays');
  });

  test('takes every tenant in turn, however many rows one has', async () => {
    const users = [await seedUser(db), await seedUser(db), await seedUser(db)];
    await forget(users[0]!, 450, restorableSeconds + 10);
    await forget(users[1]!, 1, restorableSeconds + 10);
    await forget(users[2]!, 3, 10);
    expect(await erase()).toBe(451);
    expect(await Promise.all(users.map(left))).toEqual([[], [], ['1', '2', '3']]);
    expect(await erase()).toBe(0);
  });

  test('is shared by nodes: each row is erased by one of them', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, () => seedUser(db)));
    for (const user of users) await forget(user, 30, restorableSeconds + 10);
    const erased = await Promise.all([erase(), erase(), erase()]);
    expect(erased.reduce((sum, one) => sum + one)).toBe(150);
    expect((await Promise.all(users.map(left))).flat()).toEqual([]);
  });

  test('keeps everything for its days, however little the account may have', async () => {
    const free = await seedUser(db, { memoryLimit: 1 });
    await forget(free, 50, 10);
    expect(await erase()).toBe(0);
    expect(await left(free)).toHaveLength(50);
  });

  test('keeps so many of an account that has limits, the latest, that the disk lasts', async () => {
    const limited = await seedUser(db, { memoryLimit: 1 });
    const unlimited = await seedUser(db);
    for (const user of [limited, unlimited]) await forget(user, 5, 10);
    const options = { system: db.system, tenants: db.tenants, clock: now };
    expect(await eraseForgotten({ ...options, most: 3 })).toBeGreaterThanOrEqual(2);
    expect(await left(limited)).toEqual(['3', '4', '5']);
    expect(await left(unlimited)).toHaveLength(5);
  });

  test('ends between two tenants when the node stops', async () => {
    const user = await seedUser(db);
    await forget(user, 2, restorableSeconds + 10);
    const options = { system: db.system, tenants: db.tenants, clock: now };
    expect(await eraseForgotten({ ...options, isStopping: () => true })).toBe(0);
    expect(await left(user)).toHaveLength(2);
    await erase();
  });

  test('does not wait for, nor take, what its owner restores at this moment', async () => {
    const user = await seedUser(db);
    await forget(user, 2, restorableSeconds + 10);
    await db.tenants.withTenant(user, async (tx) => {
      await tx.query(sql`
        select 1 from forgotten_memories
         where user_id = ${user} and memory_id = '1' for update`);
      // The embedded engine has one session: there, nobody can come in between.
      if (engine.name === 'postgres') expect(await erase()).toBe(1);
    });
    if (engine.name === 'postgres') expect(await left(user)).toEqual(['1']);
    await erase();
    expect(await left(user)).toEqual([]);
  });

  test('is found out by a role that cannot read what was forgotten, nor change it', async () => {
    await forget(await seedUser(db), 1, 10);
    const asSystem = (text: string) =>
      outcome(db.system.asSystem((tx) => tx.query({ text, values: [] })));
    for (const text of [
      'select memory from forgotten_memories',
      'select memory_id from forgotten_memories',
      'delete from forgotten_memories',
      'update forgotten_memories set forgotten_at = 0',
    ])
      expect(await asSystem(text), text).toBe(insufficientPrivilege);
  });

  test('looks a tenant up in an index, whatever others have forgotten', async () => {
    const user = await seedUser(db);
    await forget(user, 5_000, 10);
    await db.owner.exec('analyze forgotten_memories; analyze tenant_usage');
    const lines = await db.system.asSystem(async (tx) => {
      const plans: string[] = [];
      await selectTenantsToErase(
        {
          ...tx,
          query: async (statement) => {
            const rows = await tx.query<{ 'QUERY PLAN': string }>({
              ...statement,
              text: `explain ${statement.text}`,
            } as never);
            plans.push(...rows.map((row) => row['QUERY PLAN']));
            return [];
          },
        },
        { after: undefined, until: 1, most: 1_000_000, limit: 10 },
      );
      return plans;
    });
    expect(lines.join('\n')).toMatch(/Index (Only )?Scan.*forgotten_memories/);
    expect(lines.join('\n')).not.toMatch(/Seq Scan on forgotten_memories/);
  });
});
