-- What each tenant's rate limit has been charged, by all nodes together. Unlogged: written once a second beside the
-- requests, and lost in a crash of the database without harm, since a minute pays it back.

-- step: debts of tenants
create unlogged table rate_debts (
  user_id uuid primary key,
  -- Epoch milliseconds at which all is paid back.
  paid_at_ms double precision not null
) with (fillfactor = 50);

grant select, insert, update, delete on rate_debts to stellar_system;
create policy system on rate_debts to stellar_system using (true) with check (true);
alter table rate_debts enable row level security, force row level security;
