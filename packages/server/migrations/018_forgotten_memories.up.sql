-- What is forgotten can be had back for a while.

-- step: forgotten memories, until they are restored or erased
-- A table of its own, not a mark on memories: nothing that reads memories can see them by mistake. A whole memory in one
-- row, with what belonged to it, so that erasing it leaves nothing behind. Vectors are not kept: they are made again.
create table forgotten_memories (
  user_id uuid not null references users (id),
  memory_id text not null,
  -- Epoch seconds.
  forgotten_at double precision not null,
  reason text not null check (reason in ('asked', 'automatic')),
  -- The rows, without tenant and document number, as they were.
  memory jsonb not null,
  recalls jsonb,
  versions jsonb not null,
  primary key (user_id, memory_id)
);
create index forgotten_memories_user_id_forgotten_at on forgotten_memories (user_id, forgotten_at desc, memory_id);

grant select, insert, update, delete on forgotten_memories to stellar_app;
-- Enough to see whose are due, and nothing of what they hold.
grant select (user_id, forgotten_at) on forgotten_memories to stellar_system;
create policy tenant on forgotten_memories to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on forgotten_memories for select to stellar_system using (true);
alter table forgotten_memories enable row level security, force row level security;
