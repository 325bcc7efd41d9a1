-- A device without a browser asks for a key, and a person who is signed in elsewhere grants it.

-- step: devices that ask
-- Asked for by anybody: until somebody grants it there is no tenant.
create table device_requests (
  -- Hex HMAC-SHA256 of the code that the device polls with.
  device_code_hash text primary key,
  -- Hex HMAC-SHA256 of the code that a person types in. Not unique: two alike within ten minutes are one chance in
  -- billions, and then neither is granted.
  user_code_hash text not null,
  -- As the device names itself.
  name text not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- When the device last asked, and how long it must wait before it does again.
  polled_at timestamptz,
  interval_seconds integer not null,
  -- What a person said, once.
  decision text check (decision in ('granted', 'denied'))
);
create index device_requests_user_code on device_requests (user_code_hash);
create index device_requests_expires_at on device_requests (expires_at);

grant select, insert, update, delete on device_requests to stellar_system;
create policy system on device_requests to stellar_system using (true) with check (true);
alter table device_requests enable row level security, force row level security;

-- step: who granted it
-- A row goes when the device takes its key.
create table device_grants (
  user_id uuid not null references users (id),
  device_code_hash text not null,
  expires_at timestamptz not null,
  primary key (user_id, device_code_hash)
);
create index device_grants_device_code on device_grants (device_code_hash);
create index device_grants_expires_at on device_grants (expires_at);

grant select, insert, delete on device_grants to stellar_system;
create policy system on device_grants to stellar_system using (true) with check (true);
alter table device_grants enable row level security, force row level security;

-- step: tries that are counted on all nodes together
-- Unlogged: what a crash forgets is over within the hour.
create unlogged table attempts (
  -- Hex HMAC-SHA256 of what is tried and by whom: addresses and accounts are not kept as they are.
  subject_hash text primary key,
  tries integer not null,
  ends_at timestamptz not null
) with (fillfactor = 50);
create index attempts_ends_at on attempts (ends_at);

grant select, insert, update, delete on attempts to stellar_system;
create policy system on attempts to stellar_system using (true) with check (true);
alter table attempts enable row level security, force row level security;
