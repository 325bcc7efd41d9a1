-- step: row security of v1's accounts ends
alter table subscription_events disable row level security, no force row level security;
drop policy if exists tenant on subscription_events;
drop policy if exists legacy_window on subscription_events;
revoke all on subscription_events from stellar_app;

alter table api_keys disable row level security, no force row level security;
drop policy if exists tenant on api_keys;
drop policy if exists system on api_keys;
drop policy if exists legacy_window on api_keys;
revoke all on api_keys from stellar_app, stellar_system;

alter table users disable row level security, no force row level security;
drop policy if exists tenant on users;
drop policy if exists system on users;
drop policy if exists legacy_window on users;
revoke all on users from stellar_app, stellar_system;

-- step: row security of memories ends
alter table memories disable row level security, no force row level security;
drop policy if exists tenant on memories;
drop policy if exists legacy_window on memories;
revoke all on memories from stellar_app;
revoke usage on schema public from stellar_app, stellar_system;

-- step: the renamed rows are team again, and only those
drop trigger if exists legacy_rename_tier on subscription_events;
drop trigger if exists legacy_rename_tier on users;
drop function if exists legacy_rename_tier();
with undone as (
  delete from migration_undo where version = 1 and direction = 'up' and relation = 'users' returning row_key, before
)
update users set tier = undone.before ->> 'tier' from undone
 where users.id = undone.row_key::uuid and users.tier = 'promax';

with undone as (
  delete from migration_undo where version = 1 and direction = 'up' and relation = 'subscription_events' returning row_key, before
)
update subscription_events set tier = undone.before ->> 'tier' from undone
 where subscription_events.id = undone.row_key::uuid and subscription_events.tier = 'promax';

-- step online: no index by owner and zone
drop index concurrently if exists memories_user_id_zone;

-- step online: no index by owner and score
drop index concurrently if exists memories_user_id_score;

-- step: memories have no owner, as in v1
alter table memories
  drop constraint if exists memories_legacy_window,
  drop column if exists user_id;
drop function if exists legacy_owner();
delete from users using legacy_adoption
 where users.id = legacy_adoption.legacy_owner and legacy_adoption.created_email is not null
   and not exists (select from api_keys where api_keys.user_id = users.id)
   and not exists (select from subscription_events where subscription_events.user_id = users.id);
