-- Mutations of clients that were offline: each is applied once, and a repeated one is answered from here.

-- step: what mutations were answered
create table mutations (
  user_id uuid not null references users (id) on delete cascade,
  -- Made by the client.
  mid text not null,
  fingerprint text not null,
  -- The change that made it visible.
  seq bigint not null,
  -- One for each operation: ids and names of fields, no contents.
  results jsonb not null,
  answered_at timestamptz not null default now(),
  primary key (user_id, mid)
);
create index mutations_user_id_answered_at on mutations (user_id, answered_at);

grant select, insert, update, delete on mutations to stellar_app;
create policy tenant on mutations to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table mutations enable row level security, force row level security;
