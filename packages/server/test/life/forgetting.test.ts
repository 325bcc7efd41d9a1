import { RecallQuery, StoreRequest } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { restorableSeconds } from '../../src/domain/forgetting.js';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { StellarError } from '../../src/domain/stellar-error.js';
import { verifyUsage } from '../../src/memory/verify-usage.js';
import { selectForgotten } from '../../src/storage/statements/forgotten-memories.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { planOf } from '../support/plan-of.js';

/** Whether the work is done; a refusal is an answer, anything else an error. */
const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      if (error instanceof StellarError) return false;
      throw error;
    },
  );

describeEngines('a forgotten memory', (engine) => {
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

  const store = async (user: UserId, request: Record<string, unknown> = {}): Promise<MemoryId> =>
    (
      await node.memories.store(
        user,
        StoreRequest.parse({ content: 'The ferry leaves at noon.', ...request }),
      )
    ).id as MemoryId;
  const recalled = async (user: UserId): Promise<string[]> =>
    (await node.memories.recall(user, RecallQuery.parse({ q: 'ferry' }))).map(({ id }) => id);
  const forgotten = (user: UserId) => node.life.forgotten(user, { limit: 100 });
  const notFound = { code: 'not_found' };

  /** Everything that is kept of a memory but what must differ: its place in the index, and what moved with its zone. */
  const kept = (user: UserId, id: MemoryId) =>
    db.owner.query(
      `select to_jsonb(m) - 'doc' - 'leaves_at' as memory, to_jsonb(r) as recalls,
              (select jsonb_agg(to_jsonb(v) order by version) from memory_versions v
                where v.user_id = m.user_id and v.memory_id = m.id) as versions
         from memories m left join memory_recalls r on r.user_id = m.user_id and r.memory_id = m.id
        where m.user_id = $1 and m.id = $2`,
      [user, id],
    );

  /** The limits are the tests' own, and not those of a tier. */
  async function expectExactCounts(user: UserId): Promise<void> {
    const drift = await verifyUsage(db.tenants, user);
    const { zones, agents } = drift?.counted ?? {};
    expect({ zones, agents }).toEqual({ zones: drift?.kept.zones, agents: drift?.kept.agents });
  }

  test('is gone at once from reading, recall, lists, counts and the quota', async () => {
    const user = await seedUser(db, { memoryLimit: 2, agentLimit: 1 });
    const id = await store(user, { agent_id: 'robot' });
    const other = await store(user);
    await node.memories.forget(user, id);
    await expect(node.memories.get(user, id)).rejects.toMatchObject(notFound);
    await expect(node.memories.patch(user, id, { pinned: true })).rejects.toMatchObject(notFound);
    await expect(node.memories.forget(user, id)).rejects.toMatchObject(notFound);
    expect(await recalled(user)).toEqual([other]);
    expect((await node.memories.list(user, { limit: 10 })).total).toBe(1);
    expect(await node.memories.timeline(user, { limit: 10 })).toHaveLength(1);
    expect((await node.memories.stats(user)).total_memories).toBe(1);
    await store(user, { agent_id: 'another' });
    const { items } = await forgotten(user);
    expect(items).toMatchObject([
      { id, content: 'The ferry leaves at noon.', agent_id: 'robot', reason: 'asked' },
    ]);
    expect(items[0]!.restorable_until - items[0]!.forgotten_at).toBe(restorableSeconds);
  });

  test('comes back as it was, with its recalls and versions, and is found', async () => {
    const user = await seedUser(db);
    const id = await store(user, {
      metadata: { nested: { deep: [1.5, null, 'ü'] } },
      importance: 0.625,
      agent_id: 'robot',
      session_id: 's',
      speaker: 'Mina',
      role: 'user',
      occurred_at: 1_700_000_000.125,
      pinned: true,
    });
    await node.memories.patch(user, id, { content: 'The ferry leaves at one.' });
    await db.owner.query(
      `update memories set encrypted = true, source_type = 'web', source_url = 'https://example.com',
              ingested_at = 1.5, vector_clock = '{"a": 1}', embedding = '\\x00ff', recall_count = 3,
              last_recalled_at = 1600000000.25 where user_id = $1 and id = $2`,
      [user, id],
    );
    expect(await recalled(user)).toEqual([id]);
    await node.memories.flush();
    const [before] = await kept(user, id);
    const seen = (await node.memories.get(user, id)).memory;
    await node.memories.forget(user, id);
    expect((await forgotten(user)).items).toMatchObject([{ ...seen, recall_count: 4 }]);
    expect(await node.life.restore(user, id)).toEqual(seen);
    expect(await kept(user, id)).toEqual([before]);
    expect(await recalled(user)).toEqual([id]);
    expect((await forgotten(user)).items).toEqual([]);
    expect((await node.life.history(user, id, { limit: 5 })).items).toMatchObject([
      { version: 1, content: 'The ferry leaves at noon.' },
    ]);
    await expectExactCounts(user);
  });

  test('is told to devices as gone, and as there again without a tombstone', async () => {
    const user = await seedUser(db);
    const id = await store(user);
    const heard = async () => {
      const [change] = await db.owner.query<{ stored: string[]; forgotten: string[] }>(
        'select stored, forgotten from changes where user_id = $1 order by seq desc limit 1',
        [user],
      );
      const tombstones = await db.owner.query('select 1 from tombstones where user_id = $1', [
        user,
      ]);
      const ids = (of: string[]) => [...new Set(of)];
      return [ids(change!.stored), ids(change!.forgotten), tombstones.length];
    };
    await node.memories.forget(user, id);
    expect(await heard()).toEqual([[], [id], 1]);
    await node.life.restore(user, id);
    expect(await heard()).toEqual([[id], [], 0]);
  });

  test('is restored by its owner only, once, and not when it never was', async () => {
    const [user, other] = [await seedUser(db), await seedUser(db)];
    const id = await store(user);
    await expect(node.life.restore(user, id)).rejects.toMatchObject(notFound);
    await node.memories.forget(user, id);
    await expect(node.life.restore(other, id)).rejects.toMatchObject(notFound);
    expect((await forgotten(other)).items).toEqual([]);
    const two = openNode(db.database);
    const outcomes = await Promise.allSettled(
      [node, two, node, two].map(({ life }) => life.restore(user, id)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await node.memories.stats(user)).total_memories).toBe(1);
    await two.index.idle();
  });

  test('is not restored where there is no room, and stays restorable', async () => {
    const user = await seedUser(db, { memoryLimit: 2, agentLimit: 1 });
    const id = await store(user, { agent_id: 'robot' });
    await node.memories.forget(user, id);
    const others = [await store(user, { agent_id: 'another' }), await store(user)];
    await expect(node.life.restore(user, id)).rejects.toMatchObject({
      code: 'quota_exceeded',
      details: { detail: 'This account holds 2 of 2 memories.' },
    });
    await node.memories.forget(user, others[1]!);
    await expect(node.life.restore(user, id)).rejects.toMatchObject({
      details: { detail: 'This account holds 1 of 1 agents.' },
    });
    await node.memories.forget(user, others[0]!);
    await node.life.restore(user, id);
    expect(await recalled(user)).toEqual([id]);
    await expectExactCounts(user);
  });

  test('answers a repeated restore once', async () => {
    const user = await seedUser(db);
    const id = await store(user);
    await node.memories.forget(user, id);
    const idempotency = { key: 'k', scope: 'POST restore', fingerprint: 'f' };
    const first = await node.life.restore(user, id, { idempotency });
    expect(await node.life.restore(user, id, { idempotency })).toEqual(first);
    expect((await node.memories.stats(user)).total_memories).toBe(1);
  });

  test('is nowhere when it was forgotten for good, or that is asked afterwards', async () => {
    const [user, other] = [await seedUser(db), await seedUser(db)];
    const ids = [await store(user), await store(user, { agent_id: 'robot' })];
    await node.memories.forget(user, ids[0]!, undefined, { permanent: true });
    await node.memories.forget(user, ids[1]!);
    const forGood = (id: MemoryId, who = user, agentId?: string) =>
      node.memories.forget(who, id, undefined, {
        permanent: true,
        ...(agentId === undefined ? {} : { agentId }),
      });
    await expect(forGood(ids[1]!, other)).rejects.toMatchObject(notFound);
    await expect(forGood(ids[1]!, user, 'another')).rejects.toMatchObject(notFound);
    await forGood(ids[1]!, user, 'robot');
    expect((await forgotten(user)).items).toEqual([]);
    for (const id of ids) {
      await expect(node.life.restore(user, id)).rejects.toMatchObject(notFound);
      await expect(forGood(id)).rejects.toMatchObject(notFound);
    }
  });

  test('cannot come back after seven days, erased already or not', async () => {
    const user = await seedUser(db);
    const id = await store(user);
    await node.memories.forget(user, id);
    const later = openNode(db.database, {
      clock: { nowMs: () => Date.now() + restorableSeconds * 1000 },
    });
    await expect(later.life.restore(user, id)).rejects.toMatchObject(notFound);
    expect((await later.life.forgotten(user, { limit: 5 })).items).toEqual([]);
  });

  test('is listed in pages, the latest first, each once', async () => {
    const user = await seedUser(db);
    const ids = [await store(user), await store(user), await store(user)];
    for (const id of ids) await node.memories.forget(user, id);
    await db.owner.query('update forgotten_memories set forgotten_at = $2 where user_id = $1', [
      user,
      Date.now() / 1000,
    ]);
    const first = await node.life.forgotten(user, { limit: 2 });
    const second = await node.life.forgotten(user, { limit: 2, cursor: first.next_cursor! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids.toSorted());
    expect(second.next_cursor).toBeNull();
    await expect(node.life.forgotten(user, { limit: 2, cursor: 'x' })).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  test('and those that live are together always what was stored, whatever is done to them', async () => {
    const action = fc.record({
      act: fc.constantFrom('store', 'forget', 'restore', 'edit', 'erase'),
      which: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 25 }), async (actions) => {
        const user = await seedUser(db, { memoryLimit: 4 });
        const ids: MemoryId[] = [];
        const living = new Set<MemoryId>();
        const restorable = new Set<MemoryId>();
        for (const { act, which } of actions) {
          const id = ids[which % Math.max(ids.length, 1)];
          if (act === 'store') {
            if (living.size === 4) continue;
            ids.push(await store(user, { agent_id: `a${which}` }));
            living.add(ids.at(-1)!);
          } else if (id !== undefined) {
            const from = act === 'restore' ? restorable : living;
            const room = act !== 'restore' || living.size < 4;
            const acts = {
              forget: () => node.memories.forget(user, id),
              erase: () => node.memories.forget(user, id, undefined, { permanent: true }),
              edit: () => node.memories.patch(user, id, { content: `The ferry ${which}.` }),
              restore: () => node.life.restore(user, id),
            };
            const done = await succeeds(acts[act]());
            expect(done).toBe((from.has(id) && room) || (act === 'erase' && restorable.has(id)));
            if (!done) continue;
            living.delete(id);
            restorable.delete(id);
            if (act === 'edit' || act === 'restore') living.add(id);
            if (act === 'forget') restorable.add(id);
          }
        }
        expect((await recalled(user)).toSorted()).toEqual([...living].toSorted());
        expect((await forgotten(user)).items.map((item) => item.id).toSorted()).toEqual(
          [...restorable].toSorted(),
        );
        await expectExactCounts(user);
      }),
      { numRuns: 15 },
    );
  });

  test('is found by the index of its list, as the app role, beside many of others', async () => {
    const user = await seedUser(db);
    const other = await seedUser(db);
    await db.owner.exec(`
      insert into forgotten_memories (user_id, memory_id, forgotten_at, reason, memory, versions)
      select '${other}', n, n, 'asked', '{}', '[]' from generate_series(1, 5000) n;
      analyze forgotten_memories`);
    const plan = await planOf(db, user, (tx) =>
      selectForgotten(tx, { after: 9, behind: { forgottenAt: 99, id: 'x' }, limit: 5 }),
    );
    expect(plan).toMatch(/Index Scan using forgotten_memories_user_id_forgotten_at/);
    expect(plan).toMatch(/Index Cond: .*user_id.*forgotten_at/);
    expect(plan).not.toContain('Sort');
  });
});
