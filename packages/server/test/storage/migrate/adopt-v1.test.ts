import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tierLimits } from '@stellar-memory/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrateDown, migrateUp } from '../../../src/storage/migrate/migrate.js';
import { migrationsFolder } from '../../../src/storage/migrate/migration-files.js';
import { migrationPlan, migrationStatus } from '../../../src/storage/migrate/migration-status.js';
import type { OwnerConnection } from '../../../src/storage/migrate/owner-connection.js';
import { dumpSchema } from '../../../src/storage/migrate/schema-dump.js';
import { hasPostgres } from '../../support/postgres-server.js';
import { verifies } from '../../support/verifies.js';
import {
  asAdmin,
  type OwnerKind,
  type ScratchDatabase,
  scratchDatabase,
} from './scratch-database.js';
import {
  legacyEmail,
  rowsOf,
  seedV1,
  v1Accounts,
  v1Memories,
  withoutBookkeeping,
} from './v1-database.js';

const kinds: readonly OwnerKind[] = ['superuser', 'plain owner'];

describe.skipIf(!hasPostgres()).each(kinds)('a v1 database of a %s', (kind) => {
  let db: ScratchDatabase;
  let owner: OwnerConnection;
  beforeEach(async () => {
    db = await scratchDatabase(kind);
    owner = await db.connect();
  });
  afterEach(() => db.drop());

  /** Looks behind row security. */
  const behind = <Row extends object>(text: string): Promise<Row[]> =>
    asAdmin(db.adminUrl, async (admin) => (await admin.query<Row>(text)).rows);

  /** What a tenant sees. */
  const asTenant = <Row extends object>(userId: string, text: string): Promise<Row[]> =>
    asAdmin(db.adminUrl, async (admin) => {
      await admin.query(
        `begin; set local role stellar_app; select set_config('app.current_user_id', '${userId}', true)`,
      );
      return (await admin.query<Row>(text)).rows;
    });

  const idOf = async (email: string): Promise<string> => {
    const rows = await behind<{ id: string }>(`select id from users where email = '${email}'`);
    return rows[0]!.id;
  };

  const adopt = () => migrateUp(owner, { legacyOwner: legacyEmail });
  const adoptAndEnd = () => migrateUp(owner, { legacyOwner: legacyEmail, endLegacy: true });

  test('is not touched as long as nobody says whose its memories are', async () => {
    verifies('F1', 'NFR-migration');
    await seedV1(owner, 100);
    const before = await dumpSchema(owner);
    await expect(migrateUp(owner)).rejects.toThrow(/memories: 100.*--legacy-owner/);
    await expect(migrateUp(owner, { legacyOwner: 'nobody@example.com' })).rejects.toThrow(
      /No account/,
    );
    expect(await dumpSchema(owner)).toBe(before);
    expect(await migrationPlan(owner)).toMatchObject({
      needsLegacyOwner: true,
      legacyRows: { users: 5, memories: 100 },
      waiting: ['007_end_legacy_window'],
    });
  });

  test('gives every memory to the legacy owner and shows it to nobody else', async () => {
    verifies('FR-01', 'NFR-rls', 'NFR-migration');
    await seedV1(owner, 10_000);
    await adopt();
    const founder = await idOf(legacyEmail);
    const free = await idOf('free@example.com');
    const count = 'select count(*)::int as count from memories';
    expect(await asTenant(founder, count)).toEqual([{ count: 10_000 }]);
    expect(await asTenant(free, count)).toEqual([{ count: 0 }]);
    expect(await asTenant('', count)).toEqual([{ count: 0 }]);
    expect(await asTenant(free, 'select email from users')).toEqual([
      { email: 'free@example.com' },
    ]);
    expect(await asTenant(free, 'select distinct user_id from api_keys')).toEqual([
      { user_id: free },
    ]);
  });

  test('ends with the schema of a fresh database', async () => {
    verifies('F1', 'FR-10');
    await seedV1(owner, 300);
    expect((await adopt()).waiting).toEqual(['007_end_legacy_window']);
    expect((await migrationStatus(owner)).legacy).toMatchObject({ windowOpen: true });
    expect((await migrateUp(owner, { endLegacy: true })).done).toEqual(['007_end_legacy_window']);
    const reviewed = await readFile(join(migrationsFolder, 'schema.sql'), 'utf8');
    expect(reviewed).toContain(await dumpSchema(owner));
  });

  test('keeps what v1 stored and numbers it in the order of storing, counted exactly', async () => {
    verifies('F4', 'NFR-migration');
    await seedV1(owner, 10_000);
    const [before] = await behind<{ sums: object }>(
      `select jsonb_build_object('content', md5(string_agg(id || content || embedding::text, '' order by id)),
              'times', md5(string_agg(created_at::text, ',' order by id)), 'filled', count(zone)) as sums from memories`,
    );
    await adoptAndEnd();
    const [after] = await behind<{ sums: object }>(
      `select jsonb_build_object('content', md5(string_agg(id || content || embedding::text, '' order by id)),
              'times', md5(string_agg(created_at::text, ',' order by id)), 'filled', count(*) - 100) as sums from memories`,
    );
    expect(after).toEqual(before);
    const [order] = await behind<{ unsorted: number; lowest: number; highest: number }>(
      `select count(*) filter (where doc <> place)::int as unsorted, min(doc) as lowest, max(doc) as highest
         from (select doc, row_number() over (order by created_at, id) - 1 as place from memories) as m`,
    );
    expect(order).toEqual({ unsorted: 0, lowest: 0, highest: 9_999 });
    expect(await behind(wrongCounters)).toEqual([]);
  });

  test('brings half-filled rows into today’s shape', async () => {
    await seedV1(owner, 100);
    await adoptAndEnd();
    const rows = await behind<{ id: string; zone: number; metadata: unknown }>(
      `select id, zone, metadata, recall_count, arbitrary_importance, total_score from memories
        where id in ('m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9', 'm10', 'm11') order by doc`,
    );
    const by = new Map(rows.map((row) => [row.id, row]));
    expect(by.get('m1')).toMatchObject({ recall_count: 0 });
    expect(by.get('m2')).toMatchObject({ arbitrary_importance: 0.5 });
    for (const id of ['m3', 'm4', 'm5']) expect(by.get(id)).toMatchObject({ zone: 4 });
    for (const id of ['m6', 'm7']) expect(by.get(id)).toMatchObject({ metadata: {} });
    expect(by.get('m8')).toMatchObject({ metadata: { value: [1, { a: 2 }] } });
    expect(by.get('m9')).toMatchObject({ metadata: { value: 'text' } });
    expect(by.get('m10')).toMatchObject({ metadata: { value: [1] } });
    expect(by.get('m11')).toMatchObject({ total_score: 0 });
  });

  test('has team renamed to promax, with the limits of the price page', async () => {
    verifies('FR-07', 'F3', 'FR-06');
    await seedV1(owner, 10);
    await adopt();
    const tiers = await behind<{ tier: keyof typeof tierLimits; memory_limit: string | null }>(
      'select tier, memory_limit from users join tenant_usage on user_id = id order by email',
    );
    expect(tiers.map(({ tier }) => tier)).toEqual(['promax', 'promax', 'free', 'pro', 'promax']);
    for (const { tier, memory_limit } of tiers)
      expect(Number(memory_limit)).toBe(tierLimits[tier].memories);
    const events = `select count(*)::int as left from subscription_events where tier = 'team'`;
    expect(await behind(events)).toEqual([{ left: 0 }]);
  });

  test('goes back to v1 byte for byte, and up again to the same', async () => {
    verifies('NFR-migration', 'FR-07');
    await seedV1(owner, 10_000);
    const v1 = { dump: await dumpSchema(owner), rows: await rowsOf(owner) };
    await adoptAndEnd();
    const top = await dumpSchema(owner);
    const rows = (): Promise<Record<string, unknown>> =>
      asAdmin(db.adminUrl, async (admin) => ({
        memories: (await admin.query(`select m::text from memories m order by id`)).rows,
        users: (await admin.query(`select u::text from users u order by id`)).rows,
        usage: (
          await admin.query(`select user_id, next_doc, zone_0, zone_4 from tenant_usage order by 1`)
        ).rows,
      }));
    const adopted = await rows();
    await migrateDown(owner, { to: 0 });
    expect(withoutBookkeeping(await dumpSchema(owner))).toBe(withoutBookkeeping(v1.dump));
    expect(await rowsOf(owner)).toEqual(v1.rows);
    await migrateUp(owner, { endLegacy: true });
    expect(await dumpSchema(owner)).toBe(top);
    expect(await rows()).toEqual(adopted);
  });

  test('goes back below its own tables untouched', async () => {
    await seedV1(owner, 50);
    const rows = await rowsOf(owner);
    await adoptAndEnd();
    await migrateDown(owner, { to: -1 });
    expect(await rowsOf(owner)).toEqual(rows);
  });

  test('goes back with what only today’s server knows kept for the next time', async () => {
    await seedV1(owner, 20);
    await adoptAndEnd();
    const founder = await idOf(legacyEmail);
    await behind(`
      update memories set agent_id = 'a', session_id = 's', speaker = '화자', role = 'user',
             occurred_at = 1.25, pinned = true, updated_at = 1800000000.123456 where id = 'm12';
      insert into memory_recalls values ('${founder}', 'm12', 5, 1900000000.5);
      update users set status = 'suspended' where email = 'free@example.com';
      update api_keys set scopes = '{read}', last4 = 'wxyz', expires_at = '2030-01-01' where name is null`);
    const rows = `select m::text from memories m where id = 'm12'
      union all select u::text from users u where email = 'free@example.com'
      union all select k::text from api_keys k where name is null order by 1`;
    const before = await behind(rows);
    await migrateDown(owner, { to: 0 });
    const recalled = `select recall_count, last_recalled_at from memories where id = 'm12'`;
    expect(await owner.query(recalled)).toEqual([
      { recall_count: 10, last_recalled_at: 1900000000.5 },
    ]);
    await migrateUp(owner, { endLegacy: true });
    await behind(
      `update memories set recall_count = 5, last_recalled_at = 1700000012 where id = 'm12'`,
    );
    expect(await behind(rows)).toEqual(before);
  });

  test('does not go back when v1 would show one tenant’s memories to another', async () => {
    verifies('NFR-isolation');
    await seedV1(owner, 20);
    await adoptAndEnd();
    const free = await idOf('free@example.com');
    await behind(`
      insert into memories (user_id, id, doc, content, created_at, last_recalled_at, zone, updated_at)
        values ('${free}', 'm1', 0, 'private', 1, 1, 0, 1);
      update tenant_usage set zone_0 = 1, next_doc = 1 where user_id = '${free}'`);
    // What came after the end of the window goes back first; the refusal is of the window's own migration.
    const later = await migrateDown(owner, { to: 7 });
    const top = await dumpSchema(owner);
    await expect(migrateDown(owner, { to: 0 })).rejects.toThrow(/v1 would show them to everybody/);
    expect(await dumpSchema(owner)).toBe(top);
    expect(await migrateUp(owner)).toEqual({ done: later.done.toReversed(), waiting: [] });
  });

  test('without accounts gets one for the legacy owner, with a tier that holds its memories', async () => {
    await owner.exec(v1Memories());
    await owner.exec(`insert into memories (id, content, created_at, last_recalled_at)
      select n::text, 'x', 1, 1 from generate_series(1, 1200) as n`);
    const before = await rowsOf(owner, ['memories']);
    await expect(migrateUp(owner, { legacyOwner: crypto.randomUUID() })).rejects.toThrow(/e-mail/);
    await migrateUp(owner, { legacyOwner: ' Me@Example.com', endLegacy: true });
    expect(
      await behind('select email, tier, zone_4 from users join tenant_usage on user_id = id'),
    ).toEqual([{ email: 'me@example.com', tier: 'pro', zone_4: '1200' }]);
    await migrateDown(owner, { to: -1 });
    expect(await rowsOf(owner, ['memories'])).toEqual(before);
    expect(await owner.query(`select to_regclass('users')::text as users`)).toEqual([
      { users: null },
    ]);
  });

  test('with accounts alone is adopted too', async () => {
    await owner.exec(v1Accounts);
    await owner.exec(`insert into users (email) values ('only@example.com')`);
    await expect(migrateUp(owner)).rejects.toThrow(/--legacy-owner/);
    await migrateUp(owner, { legacyOwner: 'only@example.com', endLegacy: true });
    const reviewed = await readFile(join(migrationsFolder, 'schema.sql'), 'utf8');
    expect(reviewed).toContain(await dumpSchema(owner));
  });

  test('keeps its embedding type', async () => {
    await owner.exec(`${v1Accounts}${v1Memories('real[]')}
      insert into users (email) values ('only@example.com');
      insert into memories (id, content, created_at, last_recalled_at, embedding) values ('e', 'x', 1, 1, '{1,2}')`);
    await migrateUp(owner, { legacyOwner: 'only@example.com', endLegacy: true });
    await migrateDown(owner, { to: 0 });
    expect(await owner.query('select embedding::text from memories')).toEqual([
      { embedding: '{1,2}' },
    ]);
  });

  test('with pgvector keeps its vectors, and gets their index back', async ({ skip }) => {
    const known = `select from pg_available_extensions where name = 'vector'`;
    skip((await behind(known)).length === 0, 'this Postgres has no pgvector');
    await behind('create extension vector');
    await seedV1(owner, 200);
    await owner.exec(`alter table memories drop column embedding, add column embedding vector(3);
      update memories set embedding = '[1,2,3]';
      create index idx_memories_embedding on memories using ivfflat (embedding vector_cosine_ops) with (lists = 2)`);
    const v1 = { dump: withoutBookkeeping(await dumpSchema(owner)), rows: await rowsOf(owner) };
    await adoptAndEnd();
    const [row] = await behind<{ embedding: string }>(
      'select embedding::text from memories limit 1',
    );
    expect(row).toEqual({ embedding: '[1,2,3]' });
    await migrateDown(owner, { to: 0 });
    expect(withoutBookkeeping(await dumpSchema(owner))).toBe(v1.dump);
    expect(await rowsOf(owner)).toEqual(v1.rows);
  });

  test('that is not v1.0.0 or has what cannot be kept is refused in words', async () => {
    await seedV1(owner, 5);
    await owner.exec(`alter table memories drop column vector_clock`);
    await expect(adopt()).rejects.toThrow(
      /memories is not the one of v1.0.0: it has no vector_clock/,
    );
    await owner.exec(`alter table memories add column vector_clock jsonb;
      update users set tier = 'gold' where email = 'free@example.com';
      update api_keys set key_hash = 'same' where name is null`);
    await expect(adopt()).rejects.toThrow(/"gold"[^]*same key_hash/);
    const plan = await migrationPlan(owner);
    expect(plan.problems).toHaveLength(2);
  });
});

/** Tenants whose counters are not what their rows say. */
const wrongCounters = `
  select u.user_id from tenant_usage u left join (
    select user_id, max(doc) as doc, count(*) filter (where zone = 0) as z0, count(*) filter (where zone = 1) as z1,
           count(*) filter (where zone = 2) as z2, count(*) filter (where zone = 3) as z3,
           count(*) filter (where zone = 4) as z4
      from memories group by user_id) as m using (user_id)
   where (zone_0, zone_1, zone_2, zone_3, zone_4)
         <> (coalesce(z0, 0), coalesce(z1, 0), coalesce(z2, 0), coalesce(z3, 0), coalesce(z4, 0))
      or next_doc <= doc`;
