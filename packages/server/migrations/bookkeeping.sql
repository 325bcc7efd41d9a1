-- What migrations remember about themselves. Only the owner reads it; run at the start of every migration.

create table if not exists schema_migrations (
  version integer primary key,
  name text not null,
  checksum text not null,
  -- Servers of an older release must not run beside it.
  breaking boolean not null,
  state text not null check (state in ('applying', 'applied', 'reverting')),
  -- Steps of the file that are done, in the direction that `state` names.
  steps_done integer not null default 0,
  changed_at timestamptz not null default now()
);

-- One row, if a v1 database was adopted: whose its memories are, and how far giving out numbers has come.
create table if not exists legacy_adoption (
  id boolean primary key default true check (id),
  -- v1 tables that were there before; a way back leaves them.
  tables text[] not null default '{}',
  legacy_owner uuid not null,
  -- Set when the owner's account did not exist and the migration makes it.
  created_email varchar(255),
  created_tier varchar(20),
  adopted_at timestamptz not null default now(),
  window_ended_at timestamptz,
  documented integer not null default 0,
  documented_created_at double precision not null default '-infinity',
  documented_id text not null default ''
);

-- What a migration has overwritten ('up'), and what its way back had no column for ('down').
create table if not exists migration_undo (
  version integer not null,
  direction text not null check (direction in ('up', 'down')),
  relation text not null,
  row_key text not null,
  before jsonb not null,
  primary key (version, direction, relation, row_key)
);

-- The one thing a server may ask: which migrations are there. It runs as the owner, so it takes no argument.
create or replace function stellar_schema_state() returns table (version integer, breaking boolean)
  language sql stable security definer set search_path = public, pg_temp
  as $$ select version, breaking from public.schema_migrations where state = 'applied' $$;
revoke all on function stellar_schema_state() from public;
grant execute on function stellar_schema_state() to stellar_app, stellar_system;
