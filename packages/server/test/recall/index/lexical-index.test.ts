import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../../src/domain/ids.js';
import { createTenantDoor, type TenantTransaction } from '../../../src/storage/tenant-door.js';
import { counting } from '../../support/counting-database.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import { verifies } from '../../support/verifies.js';
import {
  expectExactSearch,
  request,
  startNode,
  store,
  type TestNode,
  textOf,
} from './live-index.js';

describeEngines('lexical recall', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  const storeMany = async (node: TestNode, user: UserId, count: number): Promise<void> => {
    for (let number = 0; number < count; number++) await store(node, user, textOf(number));
  };

  test('finds a memory in the very next request, and a forgotten or edited one no more', async () => {
    const node = startNode(db.tenants);
    const user = await seedUser(db);
    for (let round = 0; round < 30; round++) {
      const id = await store(node, user, `hello round${round}`);
      const [first] = await node.memories.recall(user, { q: `round${round}`, limit: 5 });
      expect(first?.id).toBe(id);
      if (round % 3 === 0) await node.memories.forget(user, id);
      if (round % 3 === 1) await node.memories.patch(user, id, { content: 'other words' });
      const left = await node.memories.recall(user, { q: `round${round}`, limit: 5 });
      expect(left.map((memory) => memory.id)).toEqual(round % 3 === 2 ? [id] : []);
      await expectExactSearch(db.tenants, node, user, 'hello other words');
    }
    await node.index.close();
  });

  test('ranks as if there were no index, with segments, recents and dead of every age', async () => {
    const errors: unknown[] = [];
    const node = startNode(db.tenants, { errors });
    const user = await seedUser(db);
    await storeMany(node, user, 80);
    const all = await node.memories.list(user, { limit: 100 });
    for (const [number, { id }] of all.items.entries())
      if (number % 4 === 0) await node.memories.forget(user, id as never);
    await storeMany(node, user, 5);
    for (const query of ['all', 'even third1', 'only7 only11', 'tenth3 odd', 'nothing'])
      await expectExactSearch(db.tenants, node, user, query);
    await node.index.close();
    const restarted = startNode(db.tenants);
    for (const query of ['all', 'even third1', 'only7 only11'])
      await expectExactSearch(db.tenants, restarted, user, query);
    expect(errors).toEqual([]);
  });

  test('filters before the limit, however far down the ranking the matching ones are', async () => {
    const node = startNode(db.tenants);
    const user = await seedUser(db);
    for (let batch = 0; batch < 7; batch++)
      await node.memories.storeBatch(
        user,
        Array.from({ length: 100 }, () => request('common common common')),
      );
    await node.memories.storeBatch(user, [
      request('common and long words that weigh it down', { session_id: 'mine' }),
      request('common as well but in another session', { session_id: 'other' }),
    ]);
    const found = await node.memories.recall(user, { q: 'common', limit: 3, session_id: 'mine' });
    expect(found.map((memory) => memory.session_id)).toEqual(['mine']);
    await node.index.close();
  });

  test('of one tenant never shows or counts what another stores', async () => {
    verifies('NFR-isolation', 'FR-02');
    const node = startNode(db.tenants);
    const [one, other] = [await seedUser(db), await seedUser(db)];
    await storeMany(node, one, 20);
    const before = await expectExactSearch(db.tenants, node, one, 'all even');
    await storeMany(node, other, 33);
    await store(node, other, 'all even secret');
    await node.index.idle();
    expect(await expectExactSearch(db.tenants, node, one, 'all even')).toEqual(before);
    expect(await expectExactSearch(db.tenants, node, one, 'secret')).toEqual([]);
    expect(await expectExactSearch(db.tenants, node, other, 'secret')).toHaveLength(1);
    await node.index.close();
  });

  test('stays exact with a cache that holds hardly anything', async () => {
    const node = startNode(db.tenants, { cacheBytes: 20_000 });
    const users = [await seedUser(db), await seedUser(db), await seedUser(db)];
    for (let number = 0; number < 40; number++)
      for (const user of users) await store(node, user, textOf(number));
    for (const query of ['all', 'odd tenth3', 'only5', 'third0 even'])
      for (const user of users) {
        await expectExactSearch(db.tenants, node, user, query);
        expect(node.index.cacheBytes).toBeLessThanOrEqual(20_000);
      }
    await node.index.close();
  });

  test('takes in memories that came without an index entry, as those of an adopted database', async () => {
    const node = startNode(db.tenants);
    const user = await seedUser(db);
    await storeMany(node, user, 120);
    await node.index.idle();
    for (const table of ['index_recent', 'index_blocks', 'index_states', 'index_dead'])
      await db.owner.query(`delete from ${table} where user_id = $1`, [user]);
    await db.owner.query('update tenant_usage set index_generation = 0 where user_id = $1', [user]);
    const restarted = startNode(db.tenants);
    await restarted.memories.recall(user, { q: 'all', limit: 1 });
    await restarted.index.idle();
    expect(await expectExactSearch(db.tenants, restarted, user, 'all only7')).toHaveLength(120);
    await node.index.close();
    await restarted.index.close();
  });

  test('lets go of memories that were deleted without a word to the index, as v1 does beside us', async () => {
    const node = startNode(db.tenants);
    const user = await seedUser(db);
    await storeMany(node, user, 30);
    await expectExactSearch(db.tenants, node, user, 'all');
    await node.index.idle();
    const deleted = await db.owner.query<{ zone: number }>(
      'delete from memories where user_id = $1 and doc in (3, 28) returning zone',
      [user],
    );
    for (const { zone } of deleted)
      await db.owner.query(
        `update tenant_usage set version = version + 1, zone_${zone} = zone_${zone} - 1 where user_id = $1`,
        [user],
      );
    await node.memories.recall(user, { q: 'all', limit: 1 });
    await node.index.idle();
    expect(await expectExactSearch(db.tenants, node, user, 'all')).toHaveLength(28);
    await node.index.close();
  });

  test('costs one trip when nothing has changed, two when memories have, three after another node merged', async () => {
    const user = await seedUser(db);
    const writer = startNode(db.tenants);
    const mergeAll = async (): Promise<void> => {
      await writer.memories.recall(user, { q: 'all', limit: 1 });
      await writer.index.idle();
    };
    await storeMany(writer, user, 30);
    await mergeAll();
    const counted = counting(db.database);
    const door = createTenantDoor(counted);
    const reader = startNode(door);
    const search = async (text: string): Promise<number> => {
      counted.reset();
      const ask = (tx: TenantTransaction) => reader.index.search(tx, { text, limit: 5 });
      expect(await door.withTenant(user, ask, { readOnly: true })).not.toEqual([]);
      return counted.trips;
    };
    expect(await search('all')).toBe(2);
    expect(await search('all')).toBe(1);
    expect(await search('even tenth3 only4')).toBe(1);
    await store(writer, user, 'all new');
    expect(await search('new only8')).toBe(2);
    expect(await search('new all only9')).toBe(1);
    await storeMany(writer, user, 10);
    await mergeAll();
    expect(await search('new')).toBe(3);
    expect(await search('even')).toBe(1);
    await writer.index.close();
    await reader.index.close();
  });
});
