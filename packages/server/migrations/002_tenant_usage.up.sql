-- One counter row a tenant: quota, exact counts, document numbers. It is updated in every transaction that
-- changes the tenant's memories, so it is narrow, has no second index and room for HOT updates.

-- step: a counter row for every account
create table tenant_usage (
  user_id uuid primary key references users (id),
  zone_0 bigint not null default 0,
  zone_1 bigint not null default 0,
  zone_2 bigint not null default 0,
  zone_3 bigint not null default 0,
  zone_4 bigint not null default 0,
  memory_limit bigint,
  next_doc integer not null default 0,
  version bigint not null default 0,
  indexed_length bigint not null default 0
) with (fillfactor = 50);

grant select, update on tenant_usage to stellar_app;
grant select, insert, update (memory_limit) on tenant_usage to stellar_system;
create policy tenant on tenant_usage to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on tenant_usage to stellar_system using (true) with check (true);
alter table tenant_usage enable row level security, force row level security;

-- include: legacy/accounts.sql

insert into tenant_usage (user_id, memory_limit)
select id, legacy_memory_limit(tier) from users;
