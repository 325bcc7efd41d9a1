-- Leaving for good: an account closes at once, may be had back for seven days, and is then gone but for a receipt.

-- step: accounts that are closed
alter table users drop constraint users_status_check;
alter table users add constraint users_status_check check (status in ('active', 'suspended', 'closed'));

-- step: erasures that were asked for
create table erasures (
  user_id uuid not null primary key references users (id),
  requested_at timestamptz not null,
  due_at timestamptz not null,
  -- Nothing renews: Lemon Squeezy was told, or there was nothing to tell.
  is_paid_off boolean not null default false,
  -- A node works on it until then.
  claimed_until timestamptz,
  -- Rows that are gone already, by table.
  counts jsonb not null default '{}'
) with (fillfactor = 50);
create index erasures_due_at on erasures (due_at);

grant select on erasures to stellar_app;
grant update (counts) on erasures to stellar_app;
grant select, insert, update, delete on erasures to stellar_system;
create policy tenant on erasures to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on erasures to stellar_system using (true) with check (true);
alter table erasures enable row level security, force row level security;

-- What is left of an account: its id, which names nobody any more, and how much was erased.
create table erasure_receipts (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null,
  requested_at timestamptz not null,
  erased_at timestamptz not null default now(),
  counts jsonb not null
);
create index erasure_receipts_erased_at on erasure_receipts (erased_at desc, id);

with kept as (
  delete from migration_undo where version = 20 and direction = 'down' and relation = 'erasure_receipts'
  returning before
)
insert into erasure_receipts
select (jsonb_populate_record(null::erasure_receipts, before)).* from kept;

grant select, insert on erasure_receipts to stellar_system;
create policy system on erasure_receipts to stellar_system using (true) with check (true);
alter table erasure_receipts enable row level security, force row level security;

-- step: the way rows go
-- With the rights of who calls it. In a partitioned table all of a tenant's rows are in one partition, so that a place
-- (ctid) and its owner are one row.
create function erase_rows(owner uuid, relation regclass, most integer) returns bigint
language plpgsql
set search_path = public, pg_temp
as $function$
declare
  gone bigint;
begin
  execute format(
    'delete from %1$s where user_id = $1 and ctid = any (array(select ctid from %1$s where user_id = $1 limit $2))',
    relation) using owner, most;
  get diagnostics gone = row_count;
  return gone;
end $function$;
revoke execute on function erase_rows from public;
grant execute on function erase_rows to stellar_app, stellar_system;

-- What the app role has no right to take away, the system takes.
grant delete on users, api_keys, tenant_usage, subscriptions, operator_actions to stellar_system;
grant select, delete on subscription_events to stellar_system;
create policy system on subscription_events to stellar_system using (true) with check (true);
