import { afterAll, beforeAll, expect, test } from 'vitest';
import type { UserId } from '../../src/domain/ids.js';
import { describeEngines, seedUser, type TestDatabase } from '../support/engines.js';
import { insufficientPrivilege, outcome } from '../support/sql-state.js';
import { verifies } from '../support/verifies.js';

/** For every table of a tenant: how to write a row for a user, and a change that would show, if changes are allowed. */
interface TenantTable {
  readonly insert: (user: string) => string;
  readonly change?: string;
}

const tables: Readonly<Record<string, TenantTable>> = {
  agents: {
    insert: (user) =>
      `insert into agents (user_id, agent_id, memories) values ('${user}', 'robot', 1)`,
    change: 'memories = 9',
  },
  audit_heads: {
    insert: (user) => `insert into audit_heads (user_id, seq, hash) values ('${user}', 1, 'h')`,
    change: 'seq = 99',
  },
  audit_log: {
    insert: (user) =>
      `insert into audit_log (user_id, seq, at, action, actor, detail, previous, hash)
       values ('${user}', 1, now(), 'key.created', 'owner', '{}', 'p', 'h')`,
  },
  usage_warnings: {
    insert: (user) =>
      `insert into usage_warnings (user_id, resource, percent, limit_value)
       values ('${user}', 'memories', 80, 10)`,
  },
  checkout_nonces: {
    insert: (user) =>
      `insert into checkout_nonces (user_id, nonce_hash) values ('${user}', md5('${user}'))`,
  },
  memories: {
    insert: (user) =>
      `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
       values ('${user}', 'raw', 900, 'raw', 2, 0, 0, 0)`,
    change: "content = 'stolen'",
  },
  memory_recalls: {
    insert: (user) =>
      `insert into memory_recalls (user_id, memory_id, recall_count, last_recalled_at)
       values ('${user}', 'seed', 1, 0)`,
    change: 'recall_count = 99',
  },
  orbit_rises: {
    insert: (user) => `insert into orbit_rises (user_id, memory_id) values ('${user}', 'seed')`,
  },
  memory_sessions: {
    insert: (user) =>
      `insert into memory_sessions (user_id, id, started_at, first_doc) values ('${user}', 'raw', 0, 0)`,
    change: "summary = 'stolen'",
  },
  forgotten_memories: {
    insert: (user) =>
      `insert into forgotten_memories (user_id, memory_id, forgotten_at, reason, memory, versions)
       values ('${user}', 'gone', 0, 'asked', '{}', '[]')`,
    change: "reason = 'automatic'",
  },
  memory_identities: {
    insert: (user) =>
      `insert into memory_identities (user_id, memory_id, content_hash) values ('${user}', 'seed', md5('x')::uuid)`,
    change: 'stored = 9',
  },
  memory_links: {
    insert: (user) =>
      `insert into memory_links (user_id, memory_id, other_id, relation, similarity, noticed_at)
       values ('${user}', 'seed', 'seed', 'near', 1, 0)`,
  },
  memory_versions: {
    insert: (user) =>
      `insert into memory_versions (user_id, memory_id, version, content, metadata, importance, replaced_at, reason)
       values ('${user}', 'seed', 1, 'before', '{}', 0.5, 0, 'edited')`,
  },
  index_recent: {
    insert: (user) =>
      `insert into index_recent (user_id, doc, entry) values ('${user}', 900, '\\x00')`,
    change: "entry = '\\x01'",
  },
  index_dead: {
    insert: (user) => `insert into index_dead (user_id, version, doc) values ('${user}', 9, 9)`,
    change: 'doc = 10',
  },
  index_blocks: {
    insert: (user) =>
      `insert into index_blocks (user_id, block, part, data) values ('${user}', 9, 9, '\\x00')`,
    change: "data = '\\x01'",
  },
  index_states: {
    insert: (user) => `insert into index_states (user_id) values ('${user}')`,
    change: 'next_segment = 9',
  },
  idempotency: {
    insert: (user) =>
      `insert into idempotency (user_id, scope, key, fingerprint, response)
       values ('${user}', 's', 'k', 'f', '{}')`,
    change: 'response = \'{"stolen": true}\'',
  },
  tenant_sync: {
    // A change of memories has made one.
    insert: (user) => `insert into tenant_sync (user_id) values ('${user}') on conflict do nothing`,
    change: 'head = 99',
  },
  changes: {
    insert: (user) =>
      `insert into changes (user_id, seq, chain, at, stored, forgotten)
       values ('${user}', 900, 'c', now(), '{}', '{}')`,
    change: "stored = '{stolen}'",
  },
  tombstones: {
    insert: (user) => `insert into tombstones (user_id, memory_id) values ('${user}', 'gone')`,
    change: "memory_id = 'stolen'",
  },
  agent_leases: {
    insert: (user) =>
      `insert into agent_leases (user_id, agent_id, session, expires_at)
       values ('${user}', 'robot', gen_random_uuid(), now())`,
    change: "agent_id = 'stolen'",
  },
  sync_tickets: {
    insert: (user) =>
      `insert into sync_tickets (user_id, ticket_hash, api_key_id, origin, expires_at)
       values ('${user}', 'h', gen_random_uuid(), 'o', now())`,
  },
  mutations: {
    insert: (user) =>
      `insert into mutations (user_id, mid, fingerprint, seq, results)
       values ('${user}', 'made-offline', 'f', 1, '[]')`,
    change: 'seq = 99',
  },
  api_keys: {
    insert: (user) =>
      `insert into api_keys (user_id, key_hash, key_prefix) values ('${user}', md5('${user}'), 'p')`,
    change: 'is_active = false',
  },
};

/** Rows that the app role may not delete at all. */
const undeletable = new Set(['api_keys', 'audit_heads', 'audit_log', 'checkout_nonces']);

const count = async (db: TestDatabase, table: string, user: UserId): Promise<number> => {
  const [row] = await db.owner.query<{ n: number }>(
    `select count(*)::int as n from ${table} where user_id = $1`,
    [user],
  );
  return row!.n;
};

describeEngines('raw SQL as the app role', (engine) => {
  verifies('NFR-rls', 'NFR-isolation', 'F1');
  let db: TestDatabase;
  let alice: UserId;
  let bob: UserId;

  beforeAll(async () => {
    db = await engine.open();
    alice = await seedUser(db);
    bob = await seedUser(db);
    for (const user of [alice, bob]) {
      await db.owner.query(
        `insert into memories (user_id, id, doc, content, zone, created_at, last_recalled_at, updated_at)
         values ($1, 'seed', 0, 'a seed', 2, 0, 0, 0)`,
        [user],
      );
    }
    for (const { insert } of Object.values(tables)) await db.owner.exec(insert(alice));
  });
  afterAll(() => db.close());

  test('the list above is every table with user_id that the app role may write', async () => {
    const writable = await db.owner.query<{ name: string }>(`
      select c.relname as name from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
       where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
         and has_table_privilege('stellar_app', c.oid, 'insert')
       order by 1`);
    expect(writable.map((row) => row.name)).toEqual(Object.keys(tables).toSorted());
  });

  for (const [table, { insert, change }] of Object.entries(tables)) {
    test(`${table}: no tenant, no rows; another tenant, no rows; its own tenant, its rows`, async () => {
      const rows = (user?: UserId) =>
        db.asApp<{ user_id: string }>(`select user_id from ${table}`, user);
      expect(await rows()).toEqual([]);
      expect((await rows(bob)).filter((row) => row.user_id !== bob)).toEqual([]);
      expect((await rows(alice)).map((row) => row.user_id)).toContain(alice);
      expect((await rows(alice)).filter((row) => row.user_id !== alice)).toEqual([]);
    });

    test(`${table}: another tenant's update and delete touch nothing`, async () => {
      const before = await db.owner.query(`select * from ${table} where user_id = $1`, [alice]);
      if (change !== undefined) {
        await db.asApp(`update ${table} set ${change} where user_id = '${alice}'`, bob);
        await db.asApp(`update ${table} set ${change}`);
      }
      if (!undeletable.has(table))
        await db.asApp(`delete from ${table} where user_id = '${alice}'`, bob);
      expect(await db.owner.query(`select * from ${table} where user_id = $1`, [alice])).toEqual(
        before,
      );
    });

    test(`${table}: a row cannot be written for another tenant, nor given to one`, async () => {
      const had = await count(db, table, bob);
      expect(await outcome(db.asApp(insert(bob), alice))).toBe(insufficientPrivilege);
      expect(await outcome(db.asApp(insert(bob)))).toBe(insufficientPrivilege);
      const gift = `update ${table} set user_id = '${bob}' where user_id = '${alice}'`;
      expect(await outcome(db.asApp(gift, alice))).toBe(insufficientPrivilege);
      expect(await count(db, table, bob)).toBe(had);
    });
  }

  test('the app role cannot truncate, drop, alter, or switch row security off', async () => {
    for (const text of [
      'truncate memories',
      'drop table memories',
      'alter table memories disable row level security',
      'drop policy tenant on memories',
      'create table mine (a int)',
      "set session_replication_role = 'replica'",
    ])
      expect(await outcome(db.asApp(text, alice)), text).toBe(insufficientPrivilege);
  });

  test('switching row_security off is an error, not a way around', async () => {
    const text = `do $$ begin
      perform set_config('row_security', 'off', true);
      perform content from memories;
    end $$`;
    expect(await outcome(db.asApp(text, bob))).toBe(insufficientPrivilege);
  });

  test('a setting that is empty or no uuid shows no row', async () => {
    const contents = (setting: string) =>
      db.asApp('select content from memories', setting as UserId);
    expect(await contents('')).toEqual([]);
    await expect(contents('everyone')).rejects.toThrow(/uuid|22P02/);
  });

  test('the counters can be read and changed by their tenant only', async () => {
    expect(await db.asApp('select user_id from tenant_usage', bob)).toEqual([{ user_id: bob }]);
    await db.asApp('update tenant_usage set zone_0 = 77', bob);
    expect(
      await db.owner.query('select zone_0 from tenant_usage where user_id = $1', [alice]),
    ).toEqual([{ zone_0: 0 }]);
  });

  test('an account sees itself only', async () => {
    expect(await db.asApp('select id from users', bob)).toEqual([{ id: bob }]);
    expect(await db.asApp('select id from users')).toEqual([]);
  });
});
