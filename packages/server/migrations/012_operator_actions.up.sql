-- What an operator did to an account, and why. Written in the transaction that does it, never changed.

-- step: actions of operators
create table operator_actions (
  user_id uuid not null references users (id),
  id uuid not null default gen_random_uuid(),
  at timestamptz not null default clock_timestamp(),
  action text not null,
  -- What was changed: before and after.
  change jsonb not null,
  reason text,
  primary key (user_id, id)
);

with kept as (
  delete from migration_undo where version = 12 and direction = 'down' and relation = 'operator_actions'
  returning before
)
insert into operator_actions
select (jsonb_populate_record(null::operator_actions, before)).* from kept;

-- Whom it concerns may read it; nobody may change it.
grant select on operator_actions to stellar_app;
grant select, insert on operator_actions to stellar_system;
create policy tenant on operator_actions to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on operator_actions to stellar_system using (true) with check (true);
alter table operator_actions enable row level security, force row level security;
