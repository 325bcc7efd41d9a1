import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../../src/domain/ids.js';
import { mergeTenant } from '../../../src/recall/index/merge-tenant.js';
import { describeEngines, seedUser, type TestDatabase } from '../../support/engines.js';
import {
  eagerPolicy,
  expectExactSearch,
  startNode,
  store,
  type TestNode,
  textOf,
} from './live-index.js';

const queries = ['all', 'even third1', 'odd tenth3', 'only3 only17 only41'];

describeEngines('several nodes at once', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open({ poolSize: 16 });
  });
  afterAll(() => db.close());

  /** Stores, forgets and edits, one after the other; every third memory goes, every third is rewritten. */
  async function write(node: TestNode, user: UserId, from: number, count: number): Promise<void> {
    for (let number = from; number < from + count; number++) {
      const id: MemoryId = await store(node, user, textOf(number));
      if (number % 3 === 0) await node.memories.forget(user, id);
      if (number % 3 === 1)
        await node.memories.patch(user, id, { content: textOf(number + 10_000) });
    }
  }

  async function search(node: TestNode, user: UserId, rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++)
      await expectExactSearch(db.tenants, node, user, queries[round % queries.length]!);
  }

  test('write, merge and recall one tenant and two others, and every recall is exact for its snapshot', async () => {
    const errors: unknown[] = [];
    const nodes = [startNode(db.tenants, { errors }), startNode(db.tenants, { errors })];
    const users = [await seedUser(db), await seedUser(db), await seedUser(db)];
    const [shared] = users;
    await Promise.all([
      ...nodes.map((node, index) => write(node, shared!, 1_000 * index, 40)),
      ...users.map((user, index) => write(nodes[index % 2]!, user, 5_000, 15)),
      ...nodes.flatMap((node) => [search(node, shared!, 40), search(node, shared!, 40)]),
      ...users.map((user, index) => search(nodes[index % 2]!, user, 15)),
    ]);
    for (const node of nodes) await node.index.idle();
    for (const user of users)
      for (const node of [...nodes, startNode(db.tenants)])
        for (const query of queries) await expectExactSearch(db.tenants, node, user, query);
    expect(errors).toEqual([]);
    const [usage] = await db.owner.query<{ merges: number }>(
      'select index_generation as merges from tenant_usage where user_id = $1',
      [shared!],
    );
    expect(usage!.merges).toBeGreaterThan(2);
  });

  test('merge one tenant at the same time: one does, the others leave it to him', async () => {
    const user = await seedUser(db);
    const node = startNode(db.tenants, { policy: { ...eagerPolicy, recentDocuments: 1_000 } });
    for (let number = 0; number < 20; number++) await store(node, user, textOf(number));
    const merge = () =>
      mergeTenant(db.tenants, user, {
        policy: { ...eagerPolicy, fanout: 100, recentBytes: 1_000_000 },
        encode: (source) => node.index.encode(source),
      });
    const outcomes = await Promise.all([merge(), merge(), merge(), merge()]);
    expect(outcomes.filter((outcome) => outcome.startsWith('merged'))).toHaveLength(1);
    for (const query of queries) await expectExactSearch(db.tenants, node, user, query);
    await node.index.close();
  });

  test('lose a merge that another node has taken over, and change nothing', async () => {
    const user = await seedUser(db);
    const node = startNode(db.tenants, { policy: { ...eagerPolicy, recentDocuments: 1_000 } });
    for (let number = 0; number < 20; number++) await store(node, user, textOf(number));
    const expire = () =>
      db.owner.query(
        `update index_states set claimed_until = now() - interval '1 second' where user_id = $1`,
        [user],
      );
    const options = { policy: eagerPolicy, encode: () => new Uint8Array() };
    for (const step of ['read', 'written'] as const) {
      for (let number = 0; number < 8; number++) await store(node, user, textOf(50 + number));
      const slow = await mergeTenant(db.tenants, user, {
        ...options,
        onStep: async (at) => {
          if (at !== step) return;
          await expire();
          expect(await mergeTenant(db.tenants, user, options)).toMatch(/^merged/);
        },
      });
      expect(slow).toBe('lost');
      for (const query of queries) await expectExactSearch(db.tenants, node, user, query);
    }
    await node.index.close();
  });

  test('merge while a recall holds an older snapshot, which goes on seeing all of it', async () => {
    const user = await seedUser(db);
    const node = startNode(db.tenants, { policy: { ...eagerPolicy, recentDocuments: 1_000 } });
    for (let number = 0; number < 20; number++) await store(node, user, textOf(number));
    const options = { policy: eagerPolicy, encode: () => new Uint8Array() };
    await mergeTenant(db.tenants, user, options);
    for (let number = 20; number < 40; number++) await store(node, user, textOf(number));
    const found = await db.tenants.withTenant(
      user,
      async (tx) => {
        const before = await node.index.search(tx, { text: 'all', limit: 100 });
        // One session is all the embedded engine has: there the merge cannot run in between.
        if (engine.name === 'postgres') {
          expect(await mergeTenant(db.tenants, user, options)).toMatch(/^merged/);
          await expectExactSearch(db.tenants, node, user, 'all even only3');
        }
        const after = await node.index.search(tx, { text: 'all', limit: 100 });
        expect(after).toEqual(before);
        return after;
      },
      { readOnly: true },
    );
    expect(found).toHaveLength(40);
    await node.index.close();
  });
});
