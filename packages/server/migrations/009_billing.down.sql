-- Who has paid is kept for a later way up: Lemon Squeezy does not know which account a subscription belongs to.
-- Tiers stay as they are. Events that were not applied are lost; the next reconciliation makes up for them.

-- step: subscriptions and nonces are kept aside
do $$
begin
  if to_regclass('public.subscriptions') is not null then
    alter table subscriptions no force row level security;
    insert into migration_undo (version, direction, relation, row_key, before)
    select 9, 'down', 'subscriptions', user_id || ' ' || id, to_jsonb(subscriptions) from subscriptions
    on conflict (version, direction, relation, row_key) do update set before = excluded.before;
  end if;
  if to_regclass('public.checkout_nonces') is not null then
    alter table checkout_nonces no force row level security;
    insert into migration_undo (version, direction, relation, row_key, before)
    select 9, 'down', 'checkout_nonces', user_id || ' ' || nonce_hash, to_jsonb(checkout_nonces) from checkout_nonces
    on conflict (version, direction, relation, row_key) do update set before = excluded.before;
  end if;
end $$;

-- step: nothing is sold
drop table if exists webhook_events;
drop table if exists checkout_nonces;
drop table if exists subscriptions;
