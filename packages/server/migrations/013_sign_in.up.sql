-- Sign-in without passwords: a code proves a mailbox, a session remembers the browser that typed it.

-- step: codes that were asked for
-- Asked for by anybody, of any mailbox: no account is looked at before the code is proved, so there is no tenant.
create table sign_in_requests (
  -- Known to the browser that asked, and to nobody else.
  id uuid primary key,
  -- Trimmed and in lower case.
  email text not null,
  -- Hex HMAC-SHA256 of id and code.
  code_hash text not null,
  tries integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_requests_email on sign_in_requests (email, created_at);
create index sign_in_requests_expires_at on sign_in_requests (expires_at);

grant select, insert, update, delete on sign_in_requests to stellar_system;
create policy system on sign_in_requests to stellar_system using (true) with check (true);
alter table sign_in_requests enable row level security, force row level security;

-- step: sessions
create table sessions (
  user_id uuid not null references users (id),
  id uuid not null,
  -- Hex HMAC-SHA256 of the cookie's token.
  token_hash text not null,
  -- As the browser names itself, cut short: to tell sessions apart.
  user_agent text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (user_id, id)
);
-- Not unique: 256 random bits are, and no index tells of another tenant's rows.
create index sessions_token_hash on sessions (token_hash);

grant select, delete on sessions to stellar_app;
grant select, insert, delete on sessions to stellar_system;
create policy tenant on sessions to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on sessions to stellar_system using (true) with check (true);
alter table sessions enable row level security, force row level security;

-- step online: accounts by mailbox, however v1 spelt it
create index concurrently if not exists users_email_lower on users (lower(email));
