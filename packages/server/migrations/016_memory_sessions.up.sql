-- Conversations that were begun and ended. What belongs to one is found by its label on the memories, between the
-- document numbers of its start and its end, so that no index of memories has to carry labels.

-- step: conversations
create table memory_sessions (
  user_id uuid not null references users (id),
  -- The label: session_id of its memories.
  id text not null,
  agent_id text,
  started_at double precision not null,
  -- The tenant's next document number at the start: what was stored since has this one or a greater.
  first_doc integer not null,
  ended_at double precision,
  -- Counted at the end.
  memories integer,
  summary text,
  -- The memory that holds the summary; may be forgotten since.
  summary_memory_id text,
  primary key (user_id, id)
);
create index memory_sessions_started_at on memory_sessions (user_id, started_at desc, id);

grant select, insert, update, delete on memory_sessions to stellar_app;
create policy tenant on memory_sessions to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table memory_sessions enable row level security, force row level security;
