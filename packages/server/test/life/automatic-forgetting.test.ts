import { randomUUID } from 'node:crypto';
import { RecallQuery } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { defaultProfile } from '../../src/domain/score-profiles.js';
import { sweepForgetting } from '../../src/memory/forgetting-sweep.system.js';
import { verifyUsage } from '../../src/memory/verify-usage.js';
import { selectForgettingTenants } from '../../src/storage/statements/due-tenants.system.js';
import { selectGivenUp, selectIdle } from '../../src/storage/statements/idle-memories.js';
import { createSystemDoor } from '../../src/storage/system-door.system.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { explaining, planOf } from '../support/plan-of.js';
import { importMemories } from './import-memories.js';

const day = 86_400;

describeEngines('forgetting by itself', (engine) => {
  let db: TestDatabase;
  let node: TestNode;
  let nowMs = Date.UTC(2027, 0, 1);
  const clock = { nowMs: () => nowMs };
  const now = () => nowMs / 1000;
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database, { clock });
  });
  afterAll(async () => {
    await node.index.idle();
    await db.close();
  });

  const sweep = (memoriesABatch = 200) =>
    sweepForgetting({
      system: db.system,
      tenants: db.tenants,
      index: node.index,
      clock,
      memoriesABatch,
    });
  const choose = (user: UserId, forget_after_days: number | null) =>
    node.life.changeSettings(user, { forget_after_days }, 'owner');
  const pass = (days: number) => {
    nowMs += days * day * 1000;
  };

  /** Memories of the cloud, last needed so many days ago each, by their ids. */
  async function drifted(
    user: UserId,
    idleDays: readonly number[],
    fields: Record<string, unknown> = {},
  ): Promise<MemoryId[]> {
    const memories = idleDays.map((days) => ({
      id: randomUUID() as MemoryId,
      content: `Idle for ${days} days, said the lighthouse.`,
      importance: 0,
      zone: 4,
      created_at: now() - days * day,
      updated_at: now() - days * day,
      agent_id: 'a',
      pinned: false,
      ...fields,
    }));
    const dependencies = {
      tenants: db.tenants,
      index: node.index,
      clock,
      profile: defaultProfile,
    };
    await importMemories(dependencies, user, memories);
    return memories.map(({ id }) => id);
  }
  const listed = async (user: UserId) => (await node.life.forgotten(user, { limit: 100 })).items;
  const forgottenIds = async (user: UserId) => (await listed(user)).map(({ id }) => id).toSorted();

  test('does not happen to who did not choose it', async () => {
    const user = await seedUser(db);
    await drifted(user, [400, 4_000]);
    expect(await node.life.settings(user)).toMatchObject({ forget_after_days: null });
    pass(2);
    expect(await sweep()).toBe(0);
    expect(await listed(user)).toEqual([]);
  });

  test('is shown before it happens, happens after a day, is listed, told and can be undone', async () => {
    const user = await seedUser(db);
    const [old, older, young] = await drifted(user, [100, 200, 10]);
    const [pinned] = await drifted(user, [300], { pinned: true });
    const preview = await node.life.previewForgetting(user, { after_days: 90 });
    expect(preview).toMatchObject({ after_days: 90, count: 2, counted_all: true });
    expect(preview.items.map(({ id }) => id)).toEqual([older, old]);
    expect((await node.life.previewForgetting(user, { after_days: 150 })).count).toBe(1);

    expect(await choose(user, 90)).toMatchObject({ forget_after_days: 90 });
    expect(await sweep()).toBe(0);
    pass(1);
    expect(await sweep()).toBe(2);
    expect(await forgottenIds(user)).toEqual([old!, older!].toSorted());
    expect((await listed(user)).map(({ reason }) => reason)).toEqual(['automatic', 'automatic']);
    const found = await node.memories.recall(user, RecallQuery.parse({ q: 'lighthouse' }));
    expect(found.map(({ id }) => id).toSorted()).toEqual([young!, pinned!].toSorted());
    const drift = await verifyUsage(db.tenants, user);
    expect(drift?.counted).toMatchObject({ zones: drift?.kept.zones, agents: drift?.kept.agents });
    const audit = await db.owner.query<{ action: string; actor: string; detail: object }>(
      'select action, actor, detail from audit_log where user_id = $1::uuid order by seq',
      [user],
    );
    expect(audit).toEqual([
      { action: 'settings.changed', actor: 'owner', detail: { forget_after_days: 90 } },
      { action: 'memories.forgotten', actor: 'system', detail: { memories: 2, after_days: 90 } },
    ]);
    const [change] = await db.owner.query<{ forgotten: string[] }>(
      'select forgotten from changes where user_id = $1::uuid order by seq desc limit 1',
      [user],
    );
    expect(change!.forgotten.toSorted()).toEqual([old!, older!].toSorted());

    await node.life.restore(user, old!);
    pass(6.9);
    expect(await sweep()).toBe(0);
    expect(await forgottenIds(user)).toEqual([older]);
    expect((await node.memories.get(user, old!)).memory.content).toContain('100 days');
    pass(90);
    expect(await sweep()).toBe(2);
    expect(await forgottenIds(user)).toEqual([old!, young!].toSorted());
  });

  test('spares what was recalled, and does not look at it again until it is due', async () => {
    const user = await seedUser(db);
    const [recalled, gone] = await drifted(user, [100, 99]);
    await db.owner.query(
      `insert into memory_recalls (user_id, memory_id, recall_count, last_recalled_at)
       values ($1::uuid, $2, 1, $3::float8)`,
      [user, recalled!, now() - 5 * day],
    );
    expect((await node.life.previewForgetting(user, { after_days: 90 })).count).toBe(1);
    await choose(user, 90);
    pass(1);
    // One a batch: what is looked at in vain stands in front of what is due.
    expect(await sweep(1)).toBe(1);
    expect(await forgottenIds(user)).toEqual([gone]);
    const idle = await db.tenants.withTenant(user, (tx) => selectIdle(tx, now() - 90 * day, 10));
    expect(idle).toEqual([]);
  });

  test('takes small batches in turn, on any number of nodes, each memory once', async () => {
    const users = [await seedUser(db), await seedUser(db)];
    for (const user of users) await drifted(user, Array<number>(25).fill(50));
    for (const user of users) await choose(user, 30);
    pass(1);
    const swept = await Promise.all([sweep(10), sweep(10), sweep(10)]);
    const left = await sweep(10);
    expect(swept.reduce((sum, one) => sum + one, left)).toBe(50);
    for (const user of users) expect(await forgottenIds(user)).toHaveLength(25);
    expect(await sweep()).toBe(0);
  });

  test('ends when its owner says so', async () => {
    const user = await seedUser(db);
    await drifted(user, [50]);
    await choose(user, 30);
    expect(await choose(user, null)).toMatchObject({ forget_after_days: null });
    pass(3);
    expect(await sweep()).toBe(0);
  });

  test('saying the same again puts nothing off', async () => {
    const user = await seedUser(db);
    await drifted(user, [50]);
    await choose(user, 30);
    pass(0.9);
    await choose(user, 30);
    pass(0.2);
    expect(await sweep()).toBe(1);
  });

  test('looks at what is due alone, as the roles that do', async () => {
    const user = await seedUser(db);
    await db.owner.exec(`
      insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
      select '${user}', n, n, 'x', 4, 0, ${now()} - n, 0 from generate_series(1, 20000) n;
      insert into memory_recalls (user_id, memory_id, recall_count, last_recalled_at)
      select '${user}', n, 1, ${now()} from generate_series(1, 1000) n;
      analyze memories; analyze memory_recalls`);
    const idle = await planOf(db, user, (tx) => selectIdle(tx, now() - 19_900, 200));
    expect(idle).toMatch(/Index Scan using memories_user_id_idle/);
    expect(idle).not.toMatch(/Seq Scan/);
    const shown = await planOf(db, user, (tx) =>
      selectGivenUp(tx, now() - 19_900, { items: 50, count: 100 }),
    );
    expect(shown).toMatch(/Index Scan using memories_user_id_idle/);
    expect(shown).not.toMatch(/Seq Scan/);
    await db.owner.exec(`
      insert into users (id, email) select gen_random_uuid(), 'crowd-' || n || '@example.com' from generate_series(1, 3000) n;
      insert into tenant_usage (user_id) select id from users where email like 'crowd-%' on conflict do nothing;
      analyze tenant_usage`);
    const plans: string[] = [];
    const page = { now: now(), after: undefined, limit: 100 };
    const door = createSystemDoor(explaining(db.database, ({ plan }) => plans.push(plan)));
    await door.asSystem((tx) => selectForgettingTenants(tx, page));
    expect(plans.join('\n')).toMatch(/tenant_usage_forgets_at/);
  });
});
