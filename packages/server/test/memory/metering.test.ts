import { PatchRequest, StoreRequest } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MemoryId, UserId } from '../../src/domain/ids.js';
import { StellarError } from '../../src/domain/stellar-error.js';
import { createUsageService } from '../../src/memory/read-usage.js';
import { verifyAllUsage } from '../../src/memory/verify-all-usage.system.js';
import { verifyUsage } from '../../src/memory/verify-usage.js';
import { changeTier } from '../../src/storage/statements/users.system.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode, type TestNode } from '../support/memory-service.js';
import { verifies } from '../support/verifies.js';

const request = (agent_id?: string) =>
  StoreRequest.parse({ content: 'The ferry leaves at noon.', ...(agent_id && { agent_id }) });

/** The code that the work is refused with. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof StellarError) return error.code;
      throw error;
    },
  );

const tally = (outcomes: readonly string[], outcome: string): number =>
  outcomes.filter((one) => one === outcome).length;

/** METERING_ROUNDS=1000 plays as many as the requirement names: minutes. */
const rounds = Number(process.env['METERING_ROUNDS'] ?? 30);

describeEngines('metering', (engine) => {
  let db: TestDatabase;
  let nodes: [TestNode, TestNode];
  beforeAll(async () => {
    db = await engine.open();
    nodes = [openNode(db.database), openNode(db.database)];
  });
  afterAll(() => db.close());

  const usageOf = (user: UserId) => createUsageService(db.tenants, undefined).read(user);
  const fill = async (user: UserId, memories: number, agent?: string): Promise<MemoryId[]> => {
    const stored = await nodes[0].memories.storeBatch(
      user,
      Array.from({ length: memories }, () => request(agent)),
    );
    return stored.map(({ id }) => id as MemoryId);
  };

  test(
    'of parallel stores at the limit less one exactly one is admitted, round after round, on two nodes',
    async () => {
      verifies('F4', 'FR-05');
      for (let round = 0; round < rounds; round += 1) {
        const user = await seedUser(db, { memoryLimit: 3 });
        await fill(user, 2);
        const outcomes = await Promise.all(
          Array.from({ length: 100 }, (_, n) =>
            refusal(nodes[n & 1]!.memories.store(user, request())),
          ),
        );
        expect(tally(outcomes, 'done')).toBe(1);
        expect(tally(outcomes, 'quota_exceeded')).toBe(99);
        expect((await usageOf(user)).memories).toEqual({ used: 3, limit: 3, percent: 100 });
      }
      process.stderr.write(
        `metering, ${engine.name}: ${rounds} rounds of 100 stores at the limit less one, one admitted in each\n`,
      );
    },
    60_000 + rounds * 1_000,
  );

  test('of parallel stores by new agents at the limit less one exactly one agent is admitted', async () => {
    for (let round = 0; round < 10; round += 1) {
      const user = await seedUser(db, { agentLimit: 2 });
      await fill(user, 1, 'first');
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          refusal(nodes[n & 1]!.memories.store(user, request(`agent ${n}`))),
        ),
      );
      expect(tally(outcomes, 'done')).toBe(1);
      expect(tally(outcomes, 'quota_exceeded')).toBe(39);
      expect((await usageOf(user)).agents).toEqual({ used: 2, limit: 2, percent: 100 });
      expect(await limitsAside(user)).toBeUndefined();
    }
  });

  test('agents over the limit refuse another agent and nothing else', async () => {
    const user = await seedUser(db, { agentLimit: 1 });
    const { memories } = nodes[0];
    const [mine] = await fill(user, 2, 'mine');
    const refused = await memories.store(user, request('other')).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'quota_exceeded', details: { limit: 1, used: 1 } });
    expect(await refusal(memories.store(user, request()))).toBe('done');
    expect(await refusal(memories.store(user, request('mine')))).toBe('done');
    const move = PatchRequest.parse({ agent_id: 'other' });
    expect(await refusal(memories.patch(user, mine!, move))).toBe('quota_exceeded');
    expect((await memories.get(user, mine!)).memory.agent_id).toBe('mine');
    const batch = [request('mine'), request('other')];
    expect(await refusal(memories.storeBatch(user, batch))).toBe('quota_exceeded');
    expect(await limitsAside(user)).toBeUndefined();
  });

  test('an agent whose last memory goes makes room for another', async () => {
    const user = await seedUser(db, { agentLimit: 1 });
    const { memories } = nodes[0];
    const [first, second] = await fill(user, 2, 'old');
    await memories.forget(user, first!);
    expect(await refusal(memories.store(user, request('new')))).toBe('quota_exceeded');
    await memories.patch(user, second!, PatchRequest.parse({ agent_id: 'new' }));
    expect(await refusal(memories.store(user, request('new')))).toBe('done');
    expect((await usageOf(user)).agents.used).toBe(1);
    expect(await limitsAside(user)).toBeUndefined();
  });

  test('whatever is stored, edited and forgotten, the counters are what is there', async () => {
    const agent = fc.constantFrom(undefined, 'a', 'b', 'c');
    const step = fc.oneof(
      fc.record({
        do: fc.constant('store' as const),
        agents: fc.array(agent, { minLength: 1, maxLength: 4 }),
      }),
      fc.record({ do: fc.constant('move' as const), at: fc.nat(), agent }),
      fc.record({ do: fc.constant('forget' as const), at: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const user = await seedUser(db, { agentLimit: 2, memoryLimit: 12 });
        const { memories } = nodes[0];
        const ids: MemoryId[] = [];
        for (const one of steps) {
          const at = 'at' in one ? ids[one.at % Math.max(1, ids.length)] : undefined;
          if (one.do === 'store') {
            const stored = memories.storeBatch(user, one.agents.map(request));
            if ((await refusal(stored)) === 'done')
              ids.push(...(await stored).map(({ id }) => id as MemoryId));
          } else if (at !== undefined && one.do === 'move')
            await refusal(
              memories.patch(user, at, PatchRequest.parse({ agent_id: one.agent ?? null })),
            );
          else if (at !== undefined && one.do === 'forget') {
            await memories.forget(user, at);
            ids.splice(ids.indexOf(at), 1);
          }
        }
        const { memories: used, agents } = await usageOf(user);
        expect(used.used).toBe(ids.length);
        expect(agents.used).toBeLessThanOrEqual(2);
        expect(await limitsAside(user)).toBeUndefined();
      }),
      { numRuns: 25 },
    );
  });

  /** The seeded limits are not those of the tier, which is a drift too: they are put right before. */
  async function limitsAside(user: UserId) {
    await db.owner.query(
      'update tenant_usage set memory_limit = 1000, agent_limit = 1 where user_id = $1::uuid',
      [user],
    );
    return verifyUsage(db.tenants, user);
  }

  test('a lower tier refuses growth, leaves all else open and deletes nothing', async () => {
    verifies('F4', 'FR-06');
    const user = await seedUser(db, { tier: 'pro', memoryLimit: 50_000, agentLimit: 5 });
    const ids: MemoryId[] = [];
    for (let batch = 0; batch < 11; batch += 1)
      ids.push(...(await fill(user, 100, `agent ${batch % 3}`)));
    await db.system.asSystem((tx) => changeTier(tx, user, 'free'));
    const { memories } = nodes[1];
    expect(await refusal(memories.store(user, request()))).toBe('quota_exceeded');
    expect(await usageOf(user)).toMatchObject({
      tier: 'free',
      memories: { used: 1_100, limit: 1_000, percent: 110 },
      agents: { used: 3, limit: 1, percent: 300 },
    });
    const edit = PatchRequest.parse({ content: 'The ferry leaves at one.' });
    for (const open of [
      memories.get(user, ids[0]!),
      memories.list(user, { limit: 10 }),
      memories.timeline(user, { limit: 10 }),
      memories.stats(user),
      memories.patch(user, ids[0]!, edit),
      memories.forget(user, ids[1]!),
    ])
      expect(await refusal(open)).toBe('done');
    expect((await memories.stats(user)).total_memories).toBe(1_099);
    expect(await verifyUsage(db.tenants, user)).toBeUndefined();
  });

  test('counters that drifted are found, said and repaired; those that did not are left alone', async () => {
    const user = await seedUser(db, { memoryLimit: 1_000, agentLimit: 1 });
    await fill(user, 3, 'a');
    expect(await verifyUsage(db.tenants, user)).toBeUndefined();
    const { version } = (
      await db.owner.query<{ version: number }>(
        `update tenant_usage set zone_2 = 7, agents = 9, agent_limit = 5 where user_id = $1::uuid
         returning version::integer as version`,
        [user],
      )
    )[0]!;
    await db.owner.query(`update agents set memories = 5 where user_id = $1::uuid`, [user]);
    expect(await verifyUsage(db.tenants, user)).toMatchObject({
      userId: user,
      kept: { agentCount: 9, agentLimit: 5 },
      counted: { agentCount: 1, agentLimit: 1, agents: [['a', 3]] },
    });
    expect(await usageOf(user)).toMatchObject({
      memories: { used: 3 },
      agents: { used: 1, limit: 1 },
    });
    expect(await verifyUsage(db.tenants, user)).toBeUndefined();
    const [after] = await db.owner.query<{ version: number }>(
      'select version::integer as version from tenant_usage where user_id = $1::uuid',
      [user],
    );
    expect(after?.version).toBe(version + 1);
  });

  test('a check during stores finds no drift, because there is none', async () => {
    const user = await seedUser(db, { memoryLimit: 1_000, agentLimit: 1 });
    const stores = Array.from({ length: 60 }, (_, n) =>
      nodes[n & 1]!.memories.store(user, request('a')),
    );
    const checks = Array.from({ length: 5 }, () => verifyUsage(db.tenants, user));
    expect(await Promise.all(checks)).toEqual(checks.map(() => undefined));
    await Promise.all(stores);
    expect((await usageOf(user)).memories.used).toBe(60);
  });

  test('the daily check takes each tenant once a day, one after the other', async () => {
    const fresh = await engine.open();
    try {
      const drifts: string[] = [];
      const run = (olderThanHours: number) =>
        verifyAllUsage({
          ...fresh,
          olderThanHours,
          onDrift: ({ userId }) => void drifts.push(userId),
        });
      const users = [await seedUser(fresh), await seedUser(fresh), await seedUser(fresh)];
      expect(await run(20)).toBe(3);
      expect(drifts.toSorted()).toEqual(users.toSorted());
      expect(await run(20)).toBe(0);
      expect(await run(0)).toBe(3);
      expect(drifts).toHaveLength(3);
    } finally {
      await fresh.close();
    }
  });
});
