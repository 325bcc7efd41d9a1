import { randomUUID } from 'node:crypto';
import { zones } from '@stellar-memory/protocol';
import { createOrbits } from '../packages/server/src/app/orbits.js';
import { memoryId, type UserId, userId } from '../packages/server/src/domain/ids.js';
import { migrateDown } from '../packages/server/src/storage/migrate/migrate.js';
import { loadMigrations } from '../packages/server/src/storage/migrate/migration-files.js';
import { connectPostgresOwner } from '../packages/server/src/storage/migrate/postgres-owner.js';
import { openPostgresDatabase } from '../packages/server/src/storage/postgres/postgres-database.js';
import { sql } from '../packages/server/src/storage/sql.js';
import type { NewMemory } from '../packages/server/src/storage/statements/memories.js';
import { reorbitDue } from '../packages/server/src/storage/statements/orbits.js';
import { insertUnlessMerging } from '../packages/server/src/storage/statements/store-memories.js';
import { createSystemDoor } from '../packages/server/src/storage/system-door.system.js';
import { createTenantDoor, type TenantDoor } from '../packages/server/src/storage/tenant-door.js';
import type { BenchSize } from './foundation.js';
import { asOwner, type BenchDatabase, keptDatabase } from './harness/database.js';
import { closedLoop, percentile } from './harness/percentiles.js';
import { line, rounded, verdict } from './harness/report.js';

const now = 1_760_000_000;
const writers = 16;
const tenantsOfWriters = 64;

/** Re-orbits of a large tenant, alone and beside others, and what orbits cost a store. */
export async function benchOrbit(
  superuserUrl: string,
  { quick, seconds }: BenchSize,
): Promise<void> {
  const name = `orbit_${Date.now()}`;
  const database = await keptDatabase(superuserUrl, name);
  const before = await keptDatabase(superuserUrl, `${name}_before`);
  try {
    await benchReorbit(database, quick ? 50_000 : 500_000, quick ? 50_000 : 1_000_000);
    await benchStores(database, before, seconds);
  } finally {
    await database.drop();
    await before.drop();
  }
}

async function benchReorbit(database: BenchDatabase, large: number, others: number): Promise<void> {
  const pool = openPostgresDatabase({ url: database.appUrl });
  const tenants = createTenantDoor(pool);
  const [user] = await makeTenants(database, 1);
  await fill(database, [user!], large);
  line(`\nre-orbit of a tenant with ${large} memories`);
  const alone = await measureReorbits(database, tenants, user!);
  await fill(database, await makeTenants(database, 100), others / 100);
  line(`\nthe same beside ${others} memories of 100 others`);
  const beside = await measureReorbits(database, tenants, user!);
  verdict('nothing due: at most 5 ms', beside.idle <= 5, `${rounded(beside.idle, 2)} ms`);
  verdict('1,000 due: at most 250 ms', beside.due <= 250, `${rounded(beside.due, 1)} ms`);
  line(
    `  beside others and alone: ${rounded(beside.idle / alone.idle, 2)} and ${rounded(beside.due / alone.due, 2)} times`,
  );
  const sweep = createOrbits({
    tenants,
    system: createSystemDoor(pool),
    clock: { nowMs: () => now * 1_000 },
  });
  const begun = performance.now();
  await sweep.sweep();
  line(
    `  a sweep over ${others} memories of others with nothing due: ${rounded(performance.now() - begun, 2)} ms`,
  );
  await pool.close();
}

/** Medians in milliseconds. */
async function measureReorbits(
  database: BenchDatabase,
  tenants: TenantDoor,
  user: UserId,
): Promise<{ readonly idle: number; readonly due: number }> {
  const reorbit = () =>
    tenants.withTenant(user, (tx) => reorbitDue(tx.ending, { now, atMost: 1_000, waits: true }));
  const timed = async (): Promise<number> => {
    const from = performance.now();
    await reorbit();
    return performance.now() - from;
  };
  await reorbit();
  const idle = await repeat(50, timed);
  const due = await repeat(5, async () => {
    await makeDue(database, user, 1_000);
    return timed();
  });
  line(
    `  nothing due ${rounded(idle, 2)} ms (median of 50), 1,000 due ${rounded(due, 1)} ms (median of 5)`,
  );
  return { idle, due };
}

async function repeat(times: number, measure: () => Promise<number>): Promise<number> {
  const taken: number[] = [];
  for (let round = 0; round < times; round += 1) taken.push(await measure());
  return percentile(Float64Array.from(taken).sort(), 0.5);
}

/** Memories of the belt whose time was an hour ago, and which have been idle for long. */
async function makeDue(database: BenchDatabase, user: UserId, count: number): Promise<void> {
  await asOwner(
    database.ownerUrl,
    `update memories set leaves_at = $3::float8 - 3600, last_recalled_at = $3::float8 - 86400 * 400
      where user_id = $1::uuid and id in (
            select id from memories where user_id = $1::uuid and zone = 3 and leaves_at > $3::float8 limit $2)`,
    [user, count, now],
  );
  await asOwner(
    database.ownerUrl,
    'update tenant_usage set next_due = 0 where user_id = $1::uuid',
    [user],
  );
}

async function makeTenants(database: BenchDatabase, count: number): Promise<UserId[]> {
  const users = Array.from({ length: count }, () => userId(randomUUID()));
  await asOwner(
    database.ownerUrl,
    "insert into users (id, email, tier) select id, id || '@example.com', 'promax' from unnest($1::uuid[]) id",
    [users],
  );
  await asOwner(database.ownerUrl, 'insert into tenant_usage (user_id) select unnest($1::uuid[])', [
    users,
  ]);
  return users;
}

/** Rows as stores make them, without the index of words: belt and cloud, for the inner zones are few. */
async function fill(
  database: BenchDatabase,
  users: readonly UserId[],
  each: number,
): Promise<void> {
  await asOwner(
    database.ownerUrl,
    `insert into memories (user_id, id, doc, content, metadata, arbitrary_importance, zone, total_score, recall_count,
            created_at, last_recalled_at, updated_at, leaves_at)
     select u, 'm' || n, n, repeat('what a memory says ', 10), '{}', 0.2, 3 + n % 2, 0.3, 0,
            $3::float8, $3::float8, $3::float8, case when n % 2 = 0 then $3::float8 + 86400 * 10 + n else 1e12 end
       from unnest($1::uuid[]) u, generate_series(0, $2 - 1) n`,
    [users, each, now],
  );
  await asOwner(
    database.ownerUrl,
    `update tenant_usage set zone_3 = ($2 + 1) / 2, zone_4 = $2 / 2, next_doc = $2, next_due = $3::float8 + 86400 * 10
      where user_id = any ($1::uuid[])`,
    [users, each, now],
  );
  await asOwner(database.ownerUrl, 'vacuum analyze memories');
}

type Store = (tenants: TenantDoor, user: UserId) => Promise<void>;

/** Stores as they are, and as they were before orbits: two databases in turns, so that the machine is alike to both. */
async function benchStores(
  after: BenchDatabase,
  before: BenchDatabase,
  seconds: number,
): Promise<void> {
  const owner = await connectPostgresOwner(before.ownerUrl);
  const { version } = (await loadMigrations()).find(({ name }) => name.endsWith('_orbits'))!;
  await migrateDown(owner, { to: version - 1 });
  await owner.close();
  const slices = 8;
  const sides = [
    { store: storeBefore, ...(await openSide(before)) },
    { store: storeNow, ...(await openSide(after)) },
  ];
  const perSecond: number[][] = [[], []];
  for (let slice = 0; slice <= slices; slice += 1)
    for (const [side, { store, tenants, users }] of sides.entries()) {
      const { perSecond: rate } = await closedLoop(
        writers,
        seconds / slices,
        async (client, round) => {
          await store(tenants, users[(client + round * writers) % users.length]!);
          return true;
        },
      );
      // The first warms caches and plans.
      if (slice > 0) perSecond[side]!.push(rate);
    }
  const [was, is] = perSecond.map((rates) => percentile(Float64Array.from(rates).sort(), 0.5));
  const shares = perSecond[1]!.map((rate, slice) => rate / perSecond[0]![slice]!);
  const share = percentile(Float64Array.from(shares).sort(), 0.5);
  line(`\nstores, ${writers} writers over ${tenantsOfWriters} tenants, ${slices} turns`);
  line(
    `  before orbits ${rounded(was!, 0)}/s, with them ${rounded(is!, 0)}/s (medians); shares of the turns ${shares.map((one) => rounded(one, 2)).join(' ')}`,
  );
  verdict('a store keeps 85 % of its throughput', share >= 0.85, `${rounded(100 * share, 1)} %`);
  for (const { pool } of sides) await pool.close();
}

async function openSide(database: BenchDatabase) {
  const pool = openPostgresDatabase({ url: database.appUrl });
  return {
    pool,
    tenants: createTenantDoor(pool),
    users: await makeTenants(database, tenantsOfWriters),
  };
}

const memory = (): NewMemory => ({
  id: memoryId(randomUUID()),
  content: 'What an agent has learned about the person it works for, in a sentence or two. '.repeat(
    2,
  ),
  metadata: {},
  importance: 0.3,
  zone: 2,
  score: 0.4,
  createdAt: now,
  occurredAt: null,
  agentId: null,
  sessionId: null,
  speaker: null,
  role: null,
  pinned: false,
  entry: new Uint8Array(120),
});

const storeNow: Store = async (tenants, user) => {
  await tenants.withTenant(user, (tx) => insertUnlessMerging(tx.ending, [memory()]));
};

/** What a store sent before there were orbits. */
const storeBefore: Store = async (tenants, user) => {
  const { createdAt, occurredAt, agentId, sessionId, entry, ...rest } = memory();
  const item = {
    ...rest,
    created_at: createdAt,
    occurred_at: occurredAt,
    agent_id: agentId,
    session_id: sessionId,
  };
  const counts = zones.map((zone) => (zone === rest.zone ? 1 : 0));
  await tenants.withTenant(user, (tx) =>
    tx.ending.query(sql`
      select first_doc, used_memories, used_agents, allowed_memories, allowed_agents, short_of
        from store_counted(${tx.userId}, ${JSON.stringify([item])}::jsonb, ${[entry]}, ${counts})`),
  );
};
