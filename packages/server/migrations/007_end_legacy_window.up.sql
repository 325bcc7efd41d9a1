-- migrate: after-legacy-window
-- v1 is gone: nothing is left of what let it write. On a fresh database there is nobody to wait for; on an
-- adopted one this waits for `migrate up --end-legacy`.

-- step: the window closes
-- In the order in which every writer comes to them, so that nobody is met halfway.
lock table tenant_usage, memory_recalls, memories, subscription_events, api_keys, users
  in access exclusive mode;
drop function legacy_lock_tenant() cascade;
drop function legacy_complete_memory() cascade;
drop function legacy_count_memories() cascade;
drop function legacy_zone(integer);
drop function legacy_metadata(jsonb);
drop policy legacy_window on memories;
alter table memories
  drop constraint memories_legacy_window,
  alter column user_id drop default,
  alter column zone drop default;

drop function legacy_account() cascade;
drop function legacy_memory_limit(text);
drop function legacy_rename_tier() cascade;
drop policy legacy_window on memory_recalls;
drop policy legacy_window on tenant_usage;
drop policy legacy_window on subscription_events;
drop policy legacy_window on api_keys;
drop policy legacy_window on users;
-- Of tables that a later migration made while the window was open.
do $$
declare
  later text;
begin
  foreach later in array array['tenant_sync', 'changes', 'tombstones'] loop
    if to_regclass('public.' || later) is not null then
      execute format('drop policy if exists legacy_window on %I', later);
    end if;
  end loop;
end $$;
drop function legacy_owner();
update legacy_adoption set window_ended_at = now();

insert into migration_undo (version, direction, relation, row_key, before)
select 7, 'up', 'index', indexname, jsonb_build_object('definition', indexdef)
  from pg_indexes
 where schemaname = 'public'
   and indexname in ('idx_users_email', 'idx_api_keys_hash', 'idx_subscription_events_user',
                     'idx_memories_zone', 'idx_memories_score', 'idx_memories_importance',
                     'idx_memories_recalled', 'idx_memories_embedding');

-- step each: no index leads with anything but the tenant
select format('drop index concurrently if exists %I', name)
  from unnest(array['idx_users_email', 'idx_api_keys_hash', 'idx_subscription_events_user',
                    'idx_memories_zone', 'idx_memories_score', 'idx_memories_importance',
                    'idx_memories_recalled', 'idx_memories_embedding',
                    'memories_legacy_id', 'api_keys_legacy_id', 'subscription_events_legacy_id']) as name
 where to_regclass('public.' || name) is not null;
