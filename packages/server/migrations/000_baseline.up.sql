-- The schema of v1.0.0, as its Python program makes it. Tables that exist are adopted as they are, an
-- embedding of type vector(384) included; missing ones are created. `create index if not exists` would
-- lock a busy v1 table even to find the index there, so indexes come with their tables only.

do $$
begin
  if to_regclass('public.users') is null then
    create table users (
      id uuid primary key default gen_random_uuid(),
      email varchar(255) unique not null,
      tier varchar(20) not null default 'free',
      provider varchar(20),
      provider_customer_id varchar(255),
      provider_subscription_id varchar(255),
      billing_key varchar(255),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    create index idx_users_email on users (email);
  end if;

  if to_regclass('public.api_keys') is null then
    create table api_keys (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id) on delete cascade,
      key_hash varchar(64) not null,
      key_prefix varchar(20) not null,
      name varchar(100) default 'Default',
      is_active boolean not null default true,
      last_used_at timestamptz,
      created_at timestamptz not null default now()
    );
    create index idx_api_keys_hash on api_keys (key_hash) where is_active;
  end if;

  if to_regclass('public.subscription_events') is null then
    create table subscription_events (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null references users (id),
      provider varchar(20) not null,
      event_type varchar(50) not null,
      tier varchar(20) not null,
      amount_cents integer,
      currency varchar(3) default 'USD',
      raw_data jsonb,
      created_at timestamptz not null default now()
    );
    create index idx_subscription_events_user on subscription_events (user_id);
  end if;

  if to_regclass('public.memories') is null then
    create table memories (
      id text primary key,
      content text not null,
      created_at double precision not null,
      last_recalled_at double precision not null,
      recall_count integer default 0,
      arbitrary_importance double precision default 0.5,
      zone integer default -1,
      metadata jsonb default '{}',
      total_score double precision default 0.0,
      encrypted boolean default false,
      source_type text default 'user',
      source_url text,
      ingested_at double precision,
      vector_clock jsonb default '{}',
      embedding bytea
    );
    create index idx_memories_zone on memories (zone);
    create index idx_memories_score on memories (zone, total_score);
    create index idx_memories_importance on memories (arbitrary_importance desc);
    create index idx_memories_recalled on memories (last_recalled_at desc);
  end if;
end $$;
