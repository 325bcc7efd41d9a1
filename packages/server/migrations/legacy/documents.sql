-- While v1 may still write: its rows get a document number, today's values and their place in the counters.
-- Like every writer of a tenant it takes the counter row first, before any memory, so that the order of locks
-- is the same for all and nobody deadlocks; that is what the statement trigger is for.

create function legacy_zone(zone integer) returns integer language sql immutable
  as $$ select case when zone between 0 and 4 then zone else 4 end $$;

create function legacy_metadata(metadata jsonb) returns jsonb language sql immutable as $$
  select case
    when metadata is null or metadata = 'null' then '{}'
    when jsonb_typeof(metadata) = 'object' then metadata
    else jsonb_build_object('value', metadata)
  end
$$;

create function legacy_lock_tenant() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform from tenant_usage where user_id = legacy_owner() for update;
  return null;
end $$;

create function legacy_complete_memory() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  new.zone := legacy_zone(new.zone);
  new.metadata := legacy_metadata(new.metadata);
  new.recall_count := coalesce(new.recall_count, 0);
  new.arbitrary_importance := coalesce(new.arbitrary_importance, 0.5);
  new.total_score := coalesce(new.total_score, 0);
  if tg_op = 'INSERT' then
    new.updated_at := new.created_at;
  elsif (new.content, new.metadata, new.arbitrary_importance)
      is distinct from (old.content, old.metadata, old.arbitrary_importance) then
    new.updated_at := extract(epoch from clock_timestamp());
  end if;
  if tg_op = 'INSERT' or new.content <> old.content then
    update tenant_usage set next_doc = next_doc + 1
     where user_id = new.user_id returning next_doc - 1 into new.doc;
  end if;
  return new;
end $$;

create function legacy_count_memories() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  delta integer[];
begin
  if tg_op = 'INSERT' then
    select array[count(*) filter (where zone = 0), count(*) filter (where zone = 1),
                 count(*) filter (where zone = 2), count(*) filter (where zone = 3),
                 count(*) filter (where zone = 4)] into delta from entered;
  elsif tg_op = 'DELETE' then
    select array[-count(*) filter (where legacy_zone(zone) = 0), -count(*) filter (where legacy_zone(zone) = 1),
                 -count(*) filter (where legacy_zone(zone) = 2), -count(*) filter (where legacy_zone(zone) = 3),
                 -count(*) filter (where legacy_zone(zone) = 4)] into delta from gone;
  else
    select array[sum(case zone when 0 then sign end), sum(case zone when 1 then sign end),
                 sum(case zone when 2 then sign end), sum(case zone when 3 then sign end),
                 sum(case zone when 4 then sign end)] into delta
      from (select legacy_zone(zone) as zone, 1 as sign from entered
            union all select legacy_zone(zone), -1 from gone) as moves;
  end if;
  update tenant_usage
     set version = version + 1,
         zone_0 = zone_0 + coalesce(delta[1], 0), zone_1 = zone_1 + coalesce(delta[2], 0),
         zone_2 = zone_2 + coalesce(delta[3], 0), zone_3 = zone_3 + coalesce(delta[4], 0),
         zone_4 = zone_4 + coalesce(delta[5], 0)
   where user_id = legacy_owner();
  return null;
end $$;

create trigger legacy_lock_tenant before insert or update or delete on memories
  for each statement
  when (current_user not in ('stellar_app', 'stellar_system')
    and current_setting('stellar.migrating', true) is distinct from 'on')
  execute function legacy_lock_tenant();

create trigger legacy_complete_memory before insert or update on memories
  for each row
  when (current_user not in ('stellar_app', 'stellar_system')
    and current_setting('stellar.migrating', true) is distinct from 'on')
  execute function legacy_complete_memory();

create trigger legacy_count_inserted after insert on memories
  referencing new table as entered for each statement
  when (current_user not in ('stellar_app', 'stellar_system')
    and current_setting('stellar.migrating', true) is distinct from 'on')
  execute function legacy_count_memories();

create trigger legacy_count_updated after update on memories
  referencing old table as gone new table as entered for each statement
  when (current_user not in ('stellar_app', 'stellar_system')
    and current_setting('stellar.migrating', true) is distinct from 'on')
  execute function legacy_count_memories();

create trigger legacy_count_deleted after delete on memories
  referencing old table as gone for each statement
  when (current_user not in ('stellar_app', 'stellar_system')
    and current_setting('stellar.migrating', true) is distinct from 'on')
  execute function legacy_count_memories();
