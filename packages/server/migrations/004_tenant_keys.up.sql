-- Keys lead with the tenant, so that the tables partition by him and no key tells of another's rows.
-- v1 addresses rows by id alone and says `on conflict (id)`: unique indexes on id stay until it is gone.

-- step: what an account and a key know besides
alter table users
  add column status text not null default 'active' check (status in ('active', 'suspended')),
  add constraint users_tier_check check (tier in ('free', 'pro', 'promax', 'local')) not valid;
alter table api_keys
  add column last4 text not null default '',
  add column scopes text[] not null default '{read,write,admin}',
  add column expires_at timestamptz;

with kept as (
  delete from migration_undo where version = 4 and direction = 'down' and relation = 'users'
  returning row_key, before
)
update users set status = kept.before ->> 'status' from kept where users.id = kept.row_key::uuid;
with kept as (
  delete from migration_undo where version = 4 and direction = 'down' and relation = 'api_keys'
  returning row_key, before
)
update api_keys
   set last4 = kept.before ->> 'last4',
       scopes = array(select jsonb_array_elements_text(kept.before -> 'scopes')),
       expires_at = (kept.before ->> 'expires_at')::timestamptz
  from kept where api_keys.id = kept.row_key::uuid;

-- step: every tier is one of ours
alter table users validate constraint users_tier_check;

-- step online: memories by id, for v1
create unique index concurrently if not exists memories_legacy_id on memories (id);

-- step online: memories by owner and id
create unique index concurrently if not exists memories_user_id_id on memories (user_id, id);

-- step: the key of memories leads with the tenant
alter table memories
  drop constraint memories_pkey,
  add constraint memories_pkey primary key using index memories_user_id_id;

-- step online: no two keys with one hash
create unique index concurrently if not exists api_keys_hash on api_keys (key_hash);

-- step online: API keys by id, for v1
create unique index concurrently if not exists api_keys_legacy_id on api_keys (id);

-- step online: API keys by owner and id
create unique index concurrently if not exists api_keys_user_id_id on api_keys (user_id, id);

-- step: the key of api_keys leads with the tenant
alter table api_keys
  drop constraint api_keys_pkey,
  add constraint api_keys_pkey primary key using index api_keys_user_id_id,
  add constraint api_keys_key_hash_key unique using index api_keys_hash;

-- step online: events by owner and id
create unique index concurrently if not exists subscription_events_user_id_id
  on subscription_events (user_id, id);

-- step online: events by id, for the way back
create unique index concurrently if not exists subscription_events_legacy_id on subscription_events (id);

-- step: the key of subscription_events leads with the tenant
alter table subscription_events
  drop constraint subscription_events_pkey,
  add constraint subscription_events_pkey primary key using index subscription_events_user_id_id;
