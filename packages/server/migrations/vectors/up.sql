-- Vectors of memories. Not one of the numbered migrations: it needs pgvector, which only who configures an embedder
-- must have. Run by `migrate up` (and by the embedded engine) when EMBEDDINGS_PROVIDER is set; may run again.

create extension if not exists vector;

-- What vectors can be compared with each other: those of one model and dimension. Nothing of a tenant.
create table if not exists embedding_spaces (
  space integer generated always as identity primary key,
  model text not null,
  dimensions integer not null check (dimensions between 1 and 4000),
  created_at timestamptz not null default now(),
  unique (model, dimensions)
);
grant select on embedding_spaces to stellar_system;

-- How far a tenant's memories are embedded. Document numbers are given out under the lock of the tenant's counter
-- row, so they are committed in their order and never appear behind this mark: memories are the queue themselves.
create table if not exists vector_progress (
  user_id uuid not null references users (id) on delete cascade,
  space integer not null,
  -- Every memory with a smaller document number has its vector, or was refused by the model.
  embedded_until integer not null default 0,
  refused integer not null default 0,
  -- A node is at work until then, unless it died.
  claimed_until timestamptz,
  primary key (user_id, space)
) with (fillfactor = 50);
grant select, insert, update, delete on vector_progress to stellar_app;
grant select on vector_progress to stellar_system;

-- Narrow, so that scores and zones change without touching a vector. The document number is the one that was embedded:
-- when the memory has another by now, its text has changed and the vector is not its own any more.
create table if not exists memory_vectors (
  user_id uuid not null,
  memory_id text not null,
  space integer not null,
  doc integer not null,
  embedding halfvec not null,
  primary key (user_id, memory_id, space),
  foreign key (user_id, memory_id) references memories (user_id, id) on delete cascade
) partition by hash (user_id);
-- At most 8,008 bytes, and read whole: out of line each would cost a second look-up.
alter table memory_vectors alter column embedding set storage plain;
grant select, insert, update, delete on memory_vectors to stellar_app;

do $$
declare
  tenant_table text;
begin
  for remainder in 0 .. 63 loop
    execute format(
      'create table if not exists memory_vectors_%1$s partition of memory_vectors for values with (modulus 64, remainder %1$s)',
      remainder);
    -- Without a policy and without a grant: there is no way in but through the parent.
    execute format('alter table memory_vectors_%s enable row level security, force row level security', remainder);
  end loop;

  foreach tenant_table in array array['vector_progress', 'memory_vectors'] loop
    if not exists (select from pg_policy where polrelid = tenant_table::regclass and polname = 'tenant') then
      execute format(
        'create policy tenant on %s to stellar_app
           using (user_id = nullif(current_setting(''app.current_user_id'', true), '''')::uuid)
           with check (user_id = nullif(current_setting(''app.current_user_id'', true), '''')::uuid)', tenant_table);
    end if;
    execute format('alter table %s enable row level security, force row level security', tenant_table);
  end loop;

  if not exists (select from pg_policy where polrelid = 'vector_progress'::regclass and polname = 'system') then
    create policy system on vector_progress to stellar_system using (true);
  end if;
end $$;
