-- The way back opens the window again. v1 knows one owner, so this refuses when several accounts store.

-- step: the window opens
-- In the order in which every writer comes to them, so that nobody is met halfway.
lock table tenant_usage, memory_recalls, memories, subscription_events, api_keys, users
  in access exclusive mode;
-- Without the force the owner sees every counter.
alter table tenant_usage no force row level security;
do $$
declare
  storing uuid[] := array(
    select user_id from tenant_usage where zone_0 + zone_1 + zone_2 + zone_3 + zone_4 > 0);
begin
  if storing = '{}' then
    storing := array(select legacy_owner from legacy_adoption);
  end if;
  if cardinality(storing) > 1
     or storing[1] <> (select legacy_owner from legacy_adoption) then
    raise exception 'Accounts besides the legacy owner store memories (% in all): v1 would show them to everybody.',
      cardinality(storing)
      using hint = 'Export and delete those accounts first, or stay on this version.';
  end if;
  insert into legacy_adoption (legacy_owner) select storing[1] where cardinality(storing) = 1
  on conflict (id) do update
     set window_ended_at = null,
         legacy_owner = coalesce(legacy_adoption.legacy_owner, excluded.legacy_owner);
end $$;
alter table tenant_usage force row level security;

create function legacy_owner() returns uuid language sql stable set search_path = public, pg_temp
  as $$ select legacy_owner from legacy_adoption $$;

-- include: legacy/owner.sql
-- include: legacy/tiers.sql
-- include: legacy/accounts.sql
-- include: legacy/documents.sql
-- include: legacy/recalls.sql
alter table memories alter column zone set default -1;

-- step each: v1's indexes are back
select replace(before ->> 'definition', 'INDEX', 'INDEX CONCURRENTLY IF NOT EXISTS')
  from migration_undo
 where version = 7 and direction = 'up' and relation = 'index'
 order by row_key;

-- step online: memories by id, for v1
create unique index concurrently if not exists memories_legacy_id on memories (id);

-- step online: API keys by id, for v1
create unique index concurrently if not exists api_keys_legacy_id on api_keys (id);

-- step online: events by id, for the way back
create unique index concurrently if not exists subscription_events_legacy_id on subscription_events (id);

-- step: the window is open
delete from migration_undo where version = 7 and direction = 'up' and relation = 'index';
