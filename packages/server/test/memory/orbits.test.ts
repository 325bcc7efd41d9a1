import { PatchRequest, StoreRequest, type Zone } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AgentEvent, agentYear } from '../../../../scripts/orbit/agent-year.js';
import { type MemoryId, memoryId, type UserId } from '../../src/domain/ids.js';
import { leavesAt, naturalZone } from '../../src/domain/orbit.js';
import { OrbitModel } from '../../src/domain/orbit-model.js';
import { defaultProfile } from '../../src/domain/score-profiles.js';
import { sweepOrbits } from '../../src/memory/orbit-sweep.system.js';
import { sql } from '../../src/storage/sql.js';
import { selectDueTenants } from '../../src/storage/statements/due-tenants.system.js';
import { addRecalls } from '../../src/storage/statements/memory-recalls.js';
import { orbit, reorbitDue } from '../../src/storage/statements/orbits.js';
import { lockUsage } from '../../src/storage/statements/tenant-usage.js';
import { createSystemDoor } from '../../src/storage/system-door.system.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { explaining } from '../support/plan-of.js';

/** One memory of 24 of a year, more important than it was, so that the inner zones are fought for. */
function importantYear(): AgentEvent[] {
  const kept = new Set<string>();
  const events = [...agentYear(11)].filter((event, at) => {
    if (event.kind === 'store' && at % 24 === 0) kept.add(event.id);
    return kept.has(event.id);
  });
  return events.map((event) =>
    event.kind === 'store' ? { ...event, importance: Math.min(1, event.importance + 0.35) } : event,
  );
}

const day = 86_400;
const noon = 1_760_000_000;

describeEngines('orbits', (engine) => {
  let db: TestDatabase;
  let node: TestNode;
  let now = noon;
  const clock = { nowMs: () => now * 1_000 };
  beforeAll(async () => {
    db = await engine.open();
    node = openNode(db.database, { clock });
  });
  afterAll(() => db.close());

  const request = (importance: number, pinned = false) =>
    StoreRequest.parse({ content: 'The ferry leaves at noon.', importance, pinned });
  const store = (user: UserId, importance: number, pinned = false) =>
    node.memories.store(user, request(importance, pinned));
  const storeMany = (user: UserId, importances: readonly number[]) =>
    node.memories.storeBatch(
      user,
      importances.map((importance) => request(importance)),
    );
  const zoneOf = async (user: UserId, id: string): Promise<Zone> =>
    (await node.memories.get(user, memoryId(id))).memory.zone;
  const zonesOf = (user: UserId, ids: readonly string[]): Promise<Zone[]> =>
    Promise.all(ids.map((id) => zoneOf(user, id)));
  const recalled = (user: UserId, id: string, times: number) =>
    db.tenants.withTenant(user, (tx) =>
      addRecalls(tx, [{ memoryId: id, recalls: times, lastRecalledAt: now }]),
    );
  const sweep = () => sweepOrbits({ system: db.system, tenants: db.tenants, clock });
  /** What the counter row says and what there is. */
  const counted = async (user: UserId) => {
    const [row] = await db.owner.query<{ kept: number[]; there: number[] }>(
      `select array[zone_0, zone_1, zone_2, zone_3, zone_4]::int[] as kept,
              (select array_agg((select count(*) from memories m where m.user_id = u.user_id and m.zone = z)::int order by z)
                 from generate_series(0, 4) z) as there
         from tenant_usage u where user_id = $1::uuid`,
      [user],
    );
    return row!;
  };
  const exactly = async (user: UserId, zones: readonly number[]) => {
    const { kept, there } = await counted(user);
    expect(there).toEqual(zones);
    expect(kept).toEqual(zones);
  };

  test('who is due is found by index, as the role that sweeps, among many who are not', async () => {
    await db.owner.exec(`
      insert into users (id, email)
      select gen_random_uuid(), 'at-rest-' || n || '@example.com' from generate_series(1, 3000) n;
      insert into tenant_usage (user_id) select id from users where email like 'at-rest-%' on conflict do nothing;
      update tenant_usage set next_due = 1e11
       where user_id in (select id from users where email like 'at-rest-%');
      analyze tenant_usage`);
    const plans: string[] = [];
    const door = createSystemDoor(explaining(db.database, ({ plan }) => plans.push(plan)));
    await door.asSystem((tx) => selectDueTenants(tx, { now, after: undefined, limit: 100 }));
    expect(plans.join('\n')).toMatch(/Index.*Scan.* tenant_usage_next_due/);
    expect(plans.join('\n')).not.toMatch(/Seq Scan/);
  });

  test('the database ranks as the domain does', async () => {
    const memory = fc.record({
      importance: fc.double({ min: 0, max: 1, noNaN: true }),
      recallCount: fc.integer({ min: 0, max: 300 }),
      lastRecalledAt: fc.integer({ min: noon - 400 * day, max: noon }),
      pinned: fc.constant(false),
    });
    const cases = fc.sample(memory, 300);
    const rows = await db.owner.query<{ leaves: number[]; zone: Zone }>(
      `select (select array_agg(orbit_leaves_at($1::float8[], z, lasting, t.last, false, 0) order by z)
                 from generate_series(0, 4) z) as leaves,
              orbit_zone($1::float8[], lasting, t.last, $5::float8) as zone
         from unnest($2::float8[], $3::int[], $4::float8[]) with ordinality as t (importance, recalls, last, at)
        cross join lateral (select orbit_lasting($1::float8[], t.importance, t.recalls) as lasting) l
        order by t.at`,
      [
        orbit,
        cases.map((one) => one.importance),
        cases.map((one) => one.recallCount),
        cases.map((one) => one.lastRecalledAt),
        noon,
      ],
    );
    for (const [at, one] of cases.entries()) {
      for (const zone of [0, 1, 2, 3, 4] as const) {
        const ours = leavesAt(defaultProfile, one, zone);
        expect(Math.abs(rows[at]!.leaves[zone]! - ours)).toBeLessThanOrEqual(
          Math.max(0.1, ours * 1e-11),
        );
      }
      expect(rows[at]!.zone).toBe(naturalZone(defaultProfile, one, noon));
    }
  });

  test('a full core sends its lowest one zone out, of equals the oldest, in a batch too', async () => {
    const user = await seedUser(db);
    const first = await storeMany(user, Array<number>(15).fill(1));
    const second = await storeMany(user, Array<number>(10).fill(1));
    expect(second.map(({ zone }) => zone)).toEqual(Array<number>(10).fill(0));
    const zones = await zonesOf(
      user,
      first.map(({ id }) => id),
    );
    expect(zones).toEqual([...Array<number>(5).fill(1), ...Array<number>(10).fill(0)]);
    await exactly(user, [20, 5, 0, 0, 0]);
  });

  test('a newcomer never displaces a better one, and is told where it went', async () => {
    const user = await seedUser(db);
    await storeMany(user, Array<number>(20).fill(1));
    expect(await store(user, 0.95)).toMatchObject({ zone: 1 });
    await exactly(user, [20, 1, 0, 0, 0]);
  });

  test('capacities are those of one tenant: another with full zones changes nothing', async () => {
    const [full, empty] = [await seedUser(db), await seedUser(db)];
    await storeMany(full, Array<number>(25).fill(1));
    expect(await store(empty, 1)).toMatchObject({ zone: 0 });
  });

  test('what overflows cascades from zone to zone, and nothing is dropped', async () => {
    const user = await seedUser(db);
    for (let batch = 0; batch < 13; batch += 1) await storeMany(user, Array<number>(100).fill(1));
    await exactly(user, [20, 100, 1_000, 180, 0]);
  });

  test('time moves what is due and only that, and pinned memories stay', async () => {
    const user = await seedUser(db);
    const { id: ordinary } = await store(user, 0.5);
    const { id: pinned } = await store(user, 0.5, true);
    const { id: important } = await store(user, 1);
    const fades = (await node.memories.get(user, memoryId(ordinary))).orbit;
    expect(fades).toMatchObject({ fades_to: 3 });
    now = fades.fades_at! - 1;
    await sweep();
    expect(await zonesOf(user, [ordinary, pinned, important])).toEqual([2, 2, 2]);
    now = fades.fades_at! + 1;
    await sweep();
    expect(await zonesOf(user, [ordinary, pinned, important])).toEqual([3, 2, 2]);
    now += 400 * day;
    await sweep();
    expect(await zonesOf(user, [ordinary, pinned, important])).toEqual([4, 2, 3]);
    await exactly(user, [0, 0, 1, 1, 1]);
    expect((await node.memories.get(user, memoryId(pinned))).orbit.fades_at).toBeNull();
    expect(await node.memories.reorbit(user)).toEqual({ moved: 0, complete: true });
    now = noon;
  });

  test('a recall moves a memory inward without writing its row, and keeps it there longer', async () => {
    const user = await seedUser(db);
    const { id } = await store(user, 0.5);
    const version = () =>
      db.owner.query('select xmin::text from memories where user_id = $1::uuid and id = $2', [
        user,
        id,
      ]);
    const before = await version();
    expect(await recalled(user, id, 1)).toBe(1);
    expect(await version()).toEqual(before);
    expect(await node.memories.reorbit(user)).toEqual({ moved: 1, complete: true });
    expect(await zoneOf(user, id)).toBe(1);
    expect(await recalled(user, id, 1)).toBe(0);
    // Recalled again and again it stays, though the moment that was stored with it is long past.
    for (let week = 0; week < 20; week += 1) {
      now += 7 * day;
      await recalled(user, id, 3);
      await node.memories.reorbit(user);
    }
    expect(await zoneOf(user, id)).toBe(0);
    now = noon;
  });

  test('a recall through the service raises a memory with the next flush', async () => {
    const user = await seedUser(db);
    const { id } = await store(user, 0.5);
    await node.memories.recall(user, { q: 'ferry', limit: 5 });
    await node.memories.flush();
    expect(await zoneOf(user, id)).toBe(1);
    await exactly(user, [0, 1, 0, 0, 0]);
  });

  test('what recalls raise stands in the log once, and what changes afterwards still does', async () => {
    const user = await seedUser(db);
    const risen = (await storeMany(user, Array<number>(30).fill(0.5))).map(({ id }) => id);
    const later = (await store(user, 0.5)).id;
    const heads = () =>
      db.owner.query<{ seq: number; stored: string[] }>(
        'select seq::int as seq, stored from changes where user_id = $1::uuid order by seq desc',
        [user],
      );
    const before = await heads();
    for (const id of risen) await recalled(user, id, 1);
    await db.tenants.withTenant(user, async (tx) => {
      const outcome = await reorbitDue(tx, { now, atMost: 100, waits: true });
      expect(outcome).toMatchObject({ moved: 30 });
      await tx.query(
        sql`update memories set speaker = 'Ann' where user_id = ${user} and id = ${later}`,
      );
    });
    const [last, ...rest] = await heads();
    expect(rest).toEqual(before);
    expect(last!.stored.toSorted()).toEqual([...risen, later].toSorted());
  });

  test('an edit of importance moves a memory, an edit of a pinned one does not', async () => {
    const user = await seedUser(db);
    const [{ id }, { id: pinned }] = [await store(user, 0.5), await store(user, 0.5, true)];
    const important = PatchRequest.parse({ importance: 1 });
    expect((await node.memories.patch(user, id as MemoryId, important)).memory.zone).toBe(0);
    expect((await node.memories.patch(user, pinned as MemoryId, important)).memory.zone).toBe(2);
    await exactly(user, [1, 0, 1, 0, 0]);
    await storeMany(user, Array<number>(20).fill(1));
    await node.memories.patch(user, pinned as MemoryId, PatchRequest.parse({ pinned: false }));
    await node.memories.patch(user, pinned as MemoryId, PatchRequest.parse({ importance: 0.99 }));
    await exactly(user, [20, 2, 0, 0, 0]);
  });

  test('a tenant in another transaction is passed over, and swept when it has ended', async () => {
    const [busy, idle] = [await seedUser(db), await seedUser(db)];
    const { id } = await store(idle, 0.5);
    if (engine.name === 'embedded') return;
    const { id: other } = await store(busy, 0.5);
    now += 30 * day;
    await db.tenants.withTenant(busy, async (tx) => {
      await lockUsage(tx);
      await sweep();
    });
    expect(await zonesOf(idle, [id])).toEqual([3]);
    expect(await zonesOf(busy, [other])).toEqual([2]);
    await sweep();
    expect(await zonesOf(busy, [other])).toEqual([3]);
    now = noon;
  });

  test('a tenant with much due takes turns with the others, and what a stopped sweep left stays due', async () => {
    const [large, small] = [await seedUser(db), await seedUser(db)];
    for (let batch = 0; batch < 3; batch += 1) await storeMany(large, Array<number>(100).fill(0.5));
    const { id } = await store(small, 0.5);
    now += 30 * day;
    let visits = 0;
    // Each tenant with something due once, then the sweep is stopped.
    const due = await db.owner.query<{ n: number }>(
      `select count(*)::int as n from tenant_usage where next_due < ${now}`,
    );
    const isStopping = () => (visits += 1) > due[0]!.n;
    await sweepOrbits({
      system: db.system,
      tenants: db.tenants,
      clock,
      isStopping,
      memoriesABatch: 50,
    });
    expect(await zoneOf(small, id)).toBe(3);
    await exactly(large, [0, 0, 250, 50, 0]);
    await sweep();
    await exactly(large, [0, 0, 0, 300, 0]);
    now = noon;
  });

  test('a tenant that fails keeps nobody behind him waiting', async () => {
    const [failing, behind] = [await seedUser(db), await seedUser(db)];
    const [mine] = await storeMany(failing, [0.5]);
    const [other] = await storeMany(behind, [0.5]);
    const [before, place] = [await zoneOf(failing, mine!.id), await zoneOf(behind, other!.id)];
    now += 400 * day;
    const withTenant: typeof db.tenants.withTenant = (user, ...work) =>
      user === failing
        ? Promise.reject(new Error('out of order'))
        : db.tenants.withTenant(user, ...work);
    await db.owner.query('update tenant_usage set next_due = 0 where user_id = $1', [failing]);
    await expect(
      sweepOrbits({ system: db.system, tenants: { ...db.tenants, withTenant }, clock }),
    ).rejects.toThrow('1 tenants failed');
    expect(await zoneOf(failing, mine!.id)).toBe(before);
    expect(await zoneOf(behind, other!.id)).toBeGreaterThan(place);
    await sweep();
    expect(await zoneOf(failing, mine!.id)).toBeGreaterThan(before);
    now = noon;
  });

  test('stores, recalls, edits and sweeps of several nodes at once keep every count and capacity', async () => {
    const user = await seedUser(db);
    const nodes = [node, openNode(db.database, { clock })];
    const ids = (await storeMany(user, Array<number>(60).fill(0.9))).map(({ id }) => id);
    for (let round = 0; round < 6; round += 1) {
      now += 4 * day;
      await Promise.all([
        ...nodes.map(({ memories }) =>
          memories.storeBatch(
            user,
            Array.from({ length: 30 }, (_, at) => request(at / 30)),
          ),
        ),
        ...nodes.map(({ memories }, at) => memories.forget(user, ids[round * 2 + at] as MemoryId)),
        node.memories.patch(
          user,
          ids[40 + round] as MemoryId,
          PatchRequest.parse({ importance: 1 }),
        ),
        recalled(user, ids[50]!, 2),
        sweep(),
        sweep(),
        nodes[1]!.memories.reorbit(user),
      ]);
      const { kept, there } = await counted(user);
      expect(kept).toEqual(there);
      expect(there[0]).toBeLessThanOrEqual(20);
      expect(there[1]).toBeLessThanOrEqual(100);
    }
    const { there } = await counted(user);
    expect(there.reduce((sum, count) => sum + count, 0)).toBe(60 + 6 * 60 - 12);
    now = noon;
  });

  test('a year has the zones of the model, which brute force has checked', {
    timeout: 90_000,
  }, async () => {
    const user = await seedUser(db);
    const model = new OrbitModel(defaultProfile);
    const ids = new Map<string, string>();
    const sweepBoth = async () => {
      model.sweep(now);
      await node.memories.reorbit(user);
    };
    for (const event of importantYear()) {
      // The sweep of the hour first, as in the model.
      if (event.at !== now) {
        now = event.at;
        await sweepBoth();
      }
      if (event.kind === 'store') {
        const { id, importance } = event;
        const pinned = importance === 0.75;
        model.store({ id, importance, recallCount: 0, lastRecalledAt: now, pinned });
        ids.set(id, (await store(user, importance, pinned)).id);
      } else {
        model.recall(event.id, now);
        await recalled(user, ids.get(event.id)!, 1);
        await node.memories.reorbit(user);
      }
      if (ids.size % 100 === 0) await compare();
    }
    now += 60 * day;
    await sweepBoth();
    await compare();
    now = noon;

    async function compare(): Promise<void> {
      const rows = await db.owner.query<{ id: string; zone: Zone }>(
        'select id, zone from memories where user_id = $1::uuid order by id',
        [user],
      );
      const expected = [...model.memories.values()].map(({ id, zone }) => ({
        id: ids.get(id)!,
        zone,
      }));
      expect(rows).toEqual(expected.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
      await exactly(
        user,
        [0, 1, 2, 3, 4].map((zone) => model.count(zone as Zone)),
      );
    }
  });

  test('rows of an older release are due at once and keep their zones until then', async () => {
    const user = await seedUser(db);
    await storeMany(user, [1, 0.5]);
    await db.owner.query(`update memories set leaves_at = 0, zone = 1 where user_id = $1::uuid`, [
      user,
    ]);
    await db.owner.query(
      `update tenant_usage set next_due = 0, zone_0 = 0, zone_1 = 2, zone_2 = 0 where user_id = $1::uuid`,
      [user],
    );
    const outcome = await db.tenants.withTenant(user, (tx) =>
      reorbitDue(tx, { now, atMost: 10, waits: true }),
    );
    expect(outcome).toMatchObject({ moved: 1 });
    await exactly(user, [0, 1, 1, 0, 0]);
    expect(outcome!.due).toBeGreaterThan(now);
  });
});
