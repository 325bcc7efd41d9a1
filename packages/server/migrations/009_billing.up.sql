-- What Lemon Squeezy says of who has paid: subscriptions, the events that tell of them, and the nonces by which
-- a purchase finds its account. v1's subscription_events stays as it is: a record that nobody reads to decide.

-- step: subscriptions
create table subscriptions (
  user_id uuid not null references users (id),
  -- Lemon Squeezy's.
  id text not null,
  store_id text not null,
  variant_id text not null,
  status text not null,
  pause_mode text check (pause_mode in ('free', 'void')),
  ends_at timestamptz,
  renews_at timestamptz,
  test_mode boolean not null,
  -- Lemon Squeezy's updated_at: what is older is not taken.
  changed_at timestamptz not null,
  -- Of the newest period that was paid for.
  invoice_id text,
  invoice_created_at timestamptz,
  invoice_refunded boolean,
  -- What it is worth, as last decided.
  tier varchar(20) not null check (tier in ('free', 'pro', 'promax')),
  -- When time alone changes that.
  due_at timestamptz,
  -- When Lemon Squeezy was last asked.
  checked_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (user_id, id)
);
-- Events name the subscription alone. Not unique: no index tells of another tenant's rows. That a subscription has
-- one owner is kept by the lock that every writer of it takes.
create index subscriptions_id on subscriptions (id);
create index subscriptions_due_at on subscriptions (due_at) where due_at is not null;
create index subscriptions_checked_at on subscriptions (checked_at);

-- What a way down has kept, while the owner still sees rows.
with kept as (
  delete from migration_undo where version = 9 and direction = 'down' and relation = 'subscriptions' returning before
)
insert into subscriptions select (jsonb_populate_record(null::subscriptions, before)).* from kept;

grant select on subscriptions to stellar_app;
grant select, insert, update on subscriptions to stellar_system;
create policy tenant on subscriptions to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on subscriptions to stellar_system using (true) with check (true);
alter table subscriptions enable row level security, force row level security;

-- step: nonces of checkouts
create table checkout_nonces (
  user_id uuid not null references users (id),
  -- Hex SHA-256; the nonce itself is only in the checkout.
  nonce_hash text not null,
  created_at timestamptz not null default now(),
  -- Set by the one purchase that used it.
  subscription_id text,
  primary key (user_id, nonce_hash)
);
create index checkout_nonces_hash on checkout_nonces (nonce_hash);

with kept as (
  delete from migration_undo where version = 9 and direction = 'down' and relation = 'checkout_nonces' returning before
)
insert into checkout_nonces select (jsonb_populate_record(null::checkout_nonces, before)).* from kept;

grant select, insert on checkout_nonces to stellar_app;
grant select, update (subscription_id), delete on checkout_nonces to stellar_system;
create policy tenant on checkout_nonces to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on checkout_nonces to stellar_system using (true) with check (true);
alter table checkout_nonces enable row level security, force row level security;

-- step: events
-- An event comes before anybody knows whose it is, so it has no tenant and no tenant can read it.
create table webhook_events (
  -- Hex SHA-256 of the raw body: the same delivery comes twice, its id does not exist.
  body_hash text primary key,
  event_name text not null,
  -- The raw body, which names a person: kept until it is applied, then forgotten.
  body text,
  received_at timestamptz not null default now(),
  attempts integer not null default 0,
  applied_at timestamptz,
  outcome text
);
create index webhook_events_open on webhook_events (received_at) where applied_at is null;

grant select, insert, update, delete on webhook_events to stellar_system;
create policy system on webhook_events to stellar_system using (true) with check (true);
alter table webhook_events enable row level security, force row level security;
