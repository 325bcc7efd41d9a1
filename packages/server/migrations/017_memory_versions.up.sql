-- An edit keeps what the memory said before.

-- step: former versions of memories
-- They go with their memory. How many are kept of one is the statement's to say, so that edits cannot fill the disk.
create table memory_versions (
  user_id uuid not null,
  memory_id text not null,
  version integer not null,
  content text not null,
  metadata jsonb not null,
  importance double precision not null,
  -- Epoch seconds until which the memory said so.
  replaced_at double precision not null,
  reason text not null check (reason in ('edited', 'overwritten')),
  primary key (user_id, memory_id, version),
  foreign key (user_id, memory_id) references memories (user_id, id) on delete cascade
);

grant select, insert, delete on memory_versions to stellar_app;
create policy tenant on memory_versions to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table memory_versions enable row level security, force row level security;
