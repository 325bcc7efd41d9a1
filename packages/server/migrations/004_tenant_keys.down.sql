-- step: the key of subscription_events is its id
do $$
begin
  if to_regclass('public.subscription_events_user_id_id') is null
     and to_regclass('public.subscription_events_legacy_id') is not null then
    alter table subscription_events
      drop constraint subscription_events_pkey,
      add constraint subscription_events_pkey primary key using index subscription_events_legacy_id;
  end if;
end $$;

-- step: the key of api_keys is its id
alter table api_keys drop constraint if exists api_keys_key_hash_key;
do $$
begin
  if to_regclass('public.api_keys_user_id_id') is null
     and to_regclass('public.api_keys_legacy_id') is not null then
    alter table api_keys
      drop constraint api_keys_pkey,
      add constraint api_keys_pkey primary key using index api_keys_legacy_id;
  end if;
end $$;

-- step: the key of memories is its id
do $$
begin
  if to_regclass('public.memories_user_id_id') is null
     and to_regclass('public.memories_legacy_id') is not null then
    alter table memories
      drop constraint memories_pkey,
      add constraint memories_pkey primary key using index memories_legacy_id;
  end if;
end $$;

-- step each: indexes that an interrupted way up has left
select format('drop index concurrently if exists %I', name)
  from unnest(array['memories_legacy_id', 'memories_user_id_id', 'api_keys_hash', 'api_keys_legacy_id',
                    'api_keys_user_id_id', 'subscription_events_user_id_id',
                    'subscription_events_legacy_id']) as name
 where to_regclass('public.' || name) is not null;

-- step: what v1 has no column for is kept for a later way up
insert into migration_undo (version, direction, relation, row_key, before)
select 4, 'down', 'users', id::text, jsonb_build_object('status', status)
  from users where status <> 'active'
on conflict (version, direction, relation, row_key) do update set before = excluded.before;
insert into migration_undo (version, direction, relation, row_key, before)
select 4, 'down', 'api_keys', id::text,
       jsonb_build_object('last4', last4, 'scopes', scopes, 'expires_at', expires_at)
  from api_keys
 where last4 <> '' or scopes <> '{read,write,admin}' or expires_at is not null
on conflict (version, direction, relation, row_key) do update set before = excluded.before;
alter table api_keys drop column last4, drop column scopes, drop column expires_at;
alter table users drop constraint if exists users_tier_check, drop column status;
