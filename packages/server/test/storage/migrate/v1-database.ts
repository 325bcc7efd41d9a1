import type { OwnerConnection } from '../../../src/storage/migrate/owner-connection.js';

/** The statements with which v1.0.0 makes its schema where pgvector is missing, word for word in effect. */
export const v1Accounts = `
  CREATE TABLE IF NOT EXISTS users (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), email VARCHAR(255) UNIQUE NOT NULL,
    tier VARCHAR(20) NOT NULL DEFAULT 'free', provider VARCHAR(20), provider_customer_id VARCHAR(255),
    provider_subscription_id VARCHAR(255), billing_key VARCHAR(255),
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(), updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW());
  CREATE TABLE IF NOT EXISTS api_keys (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE, key_hash VARCHAR(64) NOT NULL,
    key_prefix VARCHAR(20) NOT NULL, name VARCHAR(100) DEFAULT 'Default',
    is_active BOOLEAN NOT NULL DEFAULT TRUE, last_used_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW());
  CREATE TABLE IF NOT EXISTS subscription_events (
    id UUID PRIMARY KEY DEFAULT gen_random_uuid(), user_id UUID NOT NULL REFERENCES users(id),
    provider VARCHAR(20) NOT NULL, event_type VARCHAR(50) NOT NULL, tier VARCHAR(20) NOT NULL,
    amount_cents INTEGER, currency VARCHAR(3) DEFAULT 'USD', raw_data JSONB,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW());
  CREATE INDEX IF NOT EXISTS idx_api_keys_hash ON api_keys(key_hash) WHERE is_active;
  CREATE INDEX IF NOT EXISTS idx_users_email ON users(email);
  CREATE INDEX IF NOT EXISTS idx_subscription_events_user ON subscription_events(user_id);`;

/** v1's table of memories; it had no owner. */
export const v1Memories = (embedding = 'BYTEA'): string => `
  CREATE TABLE IF NOT EXISTS memories (
    id TEXT PRIMARY KEY, content TEXT NOT NULL, created_at DOUBLE PRECISION NOT NULL,
    last_recalled_at DOUBLE PRECISION NOT NULL, recall_count INTEGER DEFAULT 0,
    arbitrary_importance DOUBLE PRECISION DEFAULT 0.5, zone INTEGER DEFAULT -1,
    metadata JSONB DEFAULT '{}', total_score DOUBLE PRECISION DEFAULT 0.0,
    encrypted BOOLEAN DEFAULT FALSE, source_type TEXT DEFAULT 'user', source_url TEXT,
    ingested_at DOUBLE PRECISION, vector_clock JSONB DEFAULT '{}', embedding ${embedding});
  CREATE INDEX IF NOT EXISTS idx_memories_zone ON memories(zone);
  CREATE INDEX IF NOT EXISTS idx_memories_score ON memories(zone, total_score);
  CREATE INDEX IF NOT EXISTS idx_memories_importance ON memories(arbitrary_importance DESC);
  CREATE INDEX IF NOT EXISTS idx_memories_recalled ON memories(last_recalled_at DESC);`;

/** E-mail of the account that tests name as the legacy owner; its tier is `team`. */
export const legacyEmail = 'Founder@Example.com';

/** Accounts of every tier that v1 has, and one that was `promax` before the rename. */
const accounts = `
  insert into users (email, tier, provider) values
    ('${legacyEmail}', 'team', 'stripe'), ('free@example.com', 'free', null),
    ('pro@example.com', 'pro', 'toss'), ('team@example.com', 'team', 'stripe'),
    ('early@example.com', 'promax', null);
  insert into api_keys (user_id, key_hash, key_prefix, name, is_active, last_used_at)
    select id, encode(sha256((email || n)::bytea), 'hex'), 'sk-stellar-' || n,
           case n when 1 then 'Default' end, n = 1, case n when 1 then now() end
      from users, generate_series(1, 2) as n;
  insert into subscription_events (user_id, provider, event_type, tier, amount_cents, raw_data)
    select id, 'stripe', 'subscribed', tier, 2900, '{"nested": {"price": 29.00}}' from users;`;

/**
 * Memories as v1 left them, every hundredth half filled: no zone, a zone that is none, no metadata or metadata
 * that is no object, no counts.
 */
const memories = (rows: number): string => `
  insert into memories (id, content, created_at, last_recalled_at, recall_count, arbitrary_importance, zone,
                        metadata, total_score, source_url, ingested_at, vector_clock, embedding)
  select 'm' || n,
         case n % 3 when 0 then '기억 ' || n || ': 회의는 금요일이다' else 'Memory ' || n || ' about tea, "quoted" \\ ' end,
         1700000000 + (n / 3) * 0.1, 1700000000 + n,
         case when n % 100 = 1 then null else n % 7 end, case when n % 100 = 2 then null else (n % 10) / 10.0 end,
         case when n % 100 = 3 then null when n % 100 = 4 then -1 when n % 100 = 5 then 9 else n % 5 end,
         case when n % 100 = 6 then null when n % 100 = 7 then 'null'::jsonb when n % 100 = 8 then '[1, {"a": 2}]'
              when n % 100 = 9 then '"text"' when n % 100 = 10 then '{"value": [1]}' else jsonb_build_object('n', n) end,
         case when n % 100 = 11 then null else random() end,
         case when n % 50 = 0 then 'https://example.com/' || n end, case when n % 50 = 0 then 1.5 end,
         case when n % 50 = 0 then null else '{"agent": 1}'::jsonb end, decode(md5(n::text), 'hex')
    from generate_series(1, ${rows}) as n;`;

/** Makes a v1 database with rows in every table. */
export async function seedV1(connection: OwnerConnection, rows: number): Promise<void> {
  await connection.exec(v1Accounts + v1Memories() + accounts + memories(rows));
  await connection.exec('analyze memories');
}

const v1Tables = ['users', 'api_keys', 'subscription_events', 'memories'];

/** Every row of v1's tables as text, byte for byte; with `columns` those only. */
export async function rowsOf(
  connection: OwnerConnection,
  tables: readonly string[] = v1Tables,
): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of tables) {
    const rows = await connection.query<{ row: string }>(
      `select t::text as row from ${table} t order by id::text`,
    );
    all[table] = rows.map(({ row }) => row);
  }
  return all;
}

/** A dump without what migrations remember about themselves, which a way back to v1 leaves there. */
export const withoutBookkeeping = (dump: string): string =>
  dump
    .split('\n\n')
    .filter(
      (block) =>
        !/schema_migrations|legacy_adoption|migration_undo|stellar_schema_state/.test(block),
    )
    .join('\n\n')
    .trim();
