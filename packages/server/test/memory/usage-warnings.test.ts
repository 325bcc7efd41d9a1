import { StoreRequest } from '@stellar-memory/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { createUsageService } from '../../src/memory/read-usage.js';
import { reached, UsageWarnings } from '../../src/memory/usage-warnings.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { openNode } from '../support/memory-service.js';

test('a threshold is reached at its percent of the limit, and never without a limit', () => {
  const percents = (used: number, limit: number | null) =>
    reached('memories', { used, limit }).map(({ percent }) => percent);
  expect(percents(799, 1_000)).toEqual([]);
  expect(percents(800, 1_000)).toEqual([80]);
  expect(percents(950, 1_000)).toEqual([95, 80]);
  expect(percents(1_000, 1_000)).toEqual([100, 95, 80]);
  expect(percents(1_000, null)).toEqual([]);
});

describeEngines('usage warnings', (engine) => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await engine.open();
  });
  afterAll(() => db.close());

  function node() {
    const said: string[] = [];
    const warnings = new UsageWarnings({
      tenants: db.tenants,
      onWarning: (_user, { resource, percent, limit }) =>
        void said.push(`${resource} ${percent} of ${limit}`),
      onError: (error) => {
        throw error;
      },
    });
    const { memories } = openNode(db.database, { warnings });
    return { said, warnings, memories };
  }

  const store = async (
    { memories, warnings }: ReturnType<typeof node>,
    user: UserId,
    times: number,
  ) => {
    for (let n = 0; n < times; n += 1)
      await memories.store(user, StoreRequest.parse({ content: 'A buoy.' }));
    await warnings.flush();
  };

  test('come at 80, 95 and 100 percent, each once, whichever node stores', async () => {
    const user = await seedUser(db, { memoryLimit: 20 });
    const [one, two] = [node(), node()];
    await store(one, user, 15);
    expect(one.said).toEqual([]);
    await store(one, user, 1);
    await store(two, user, 2);
    expect([one.said, two.said]).toEqual([['memories 80 of 20'], []]);
    await store(two, user, 1);
    await store(one, user, 1);
    expect(two.said).toEqual(['memories 95 of 20']);
    expect(one.said).toEqual(['memories 80 of 20', 'memories 100 of 20']);
    const { warnings } = await createUsageService(db.tenants, undefined).read(user);
    expect(warnings.map(({ percent }) => percent)).toEqual([100, 95, 80]);
  });

  test('come anew for a new limit, and a jump over several is one piece of news', async () => {
    const user = await seedUser(db, { memoryLimit: 2 });
    const here = node();
    await store(here, user, 2);
    expect(here.said).toEqual(['memories 100 of 2']);
    await db.owner.query('update tenant_usage set memory_limit = 3 where user_id = $1::uuid', [
      user,
    ]);
    await store(here, user, 1);
    expect(here.said).toEqual(['memories 100 of 2', 'memories 100 of 3']);
  });
});
