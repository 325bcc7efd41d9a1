-- Every memory gets its owner (F1, FR-01, FR-10), `team` becomes `promax` (FR-07), row security is forced.
-- v1 may go on reading and writing all the while: see docs/adr for how its rows find their owner.

-- step: every memory belongs to an account
-- The function is stable, so adding the column evaluates it once and rewrites no row (7 ms at 300,000).
create function legacy_owner() returns uuid language sql stable set search_path = public, pg_temp
  as $$ select legacy_owner from legacy_adoption $$;

insert into users (id, email, tier, created_at, updated_at)
select legacy_owner, created_email, created_tier, adopted_at, adopted_at
  from legacy_adoption where created_email is not null;

alter table memories
  add column user_id uuid not null default legacy_owner(),
  add constraint memories_user_id_fkey foreign key (user_id) references users (id) not valid;

-- include: legacy/owner.sql

-- step: the owners exist
alter table memories validate constraint memories_user_id_fkey;

-- step online: index by owner and zone
create index concurrently if not exists memories_user_id_zone on memories (user_id, zone);

-- step online: index by owner and score
create index concurrently if not exists memories_user_id_score
  on memories (user_id, total_score desc, id);

-- step: team becomes promax
-- include: legacy/tiers.sql
with renamed as (update users set tier = 'promax' where tier = 'team' returning id)
insert into migration_undo (version, direction, relation, row_key, before)
select 1, 'up', 'users', id::text, '{"tier": "team"}' from renamed;

with renamed as (update subscription_events set tier = 'promax' where tier = 'team' returning id)
insert into migration_undo (version, direction, relation, row_key, before)
select 1, 'up', 'subscription_events', id::text, '{"tier": "team"}' from renamed;

-- step: the roles may enter the schema
grant usage on schema public to stellar_app, stellar_system;

-- step: row security of memories
grant select, insert, update, delete on memories to stellar_app;
create policy tenant on memories to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table memories enable row level security, force row level security;

-- step: row security of users
grant select on users to stellar_app;
grant select, insert, update on users to stellar_system;
create policy tenant on users to stellar_app
  using (id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on users to stellar_system using (true) with check (true);
alter table users enable row level security, force row level security;

-- step: row security of api_keys
grant select, insert, update on api_keys to stellar_app, stellar_system;
create policy tenant on api_keys to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on api_keys to stellar_system using (true) with check (true);
alter table api_keys enable row level security, force row level security;

-- step: row security of subscription_events
grant select on subscription_events to stellar_app;
create policy tenant on subscription_events to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table subscription_events enable row level security, force row level security;
