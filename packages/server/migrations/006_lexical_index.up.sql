-- The merged part of the lexical index. Recent memories are rows of index_recent until a merge turns them into
-- a segment: blocks that never change. docs/adr has the format, the protocol of a merge and the figures.

-- step: which segments a tenant has
-- One row a tenant that was ever merged: what a merge changes, and its claim.
create table index_states (
  user_id uuid primary key references users (id),
  -- Documents below are in segments, the others in index_recent.
  merged_until integer not null default 0,
  -- Also the fencing token of a merge: who claimed last has the number before this one.
  next_segment integer not null default 0,
  segments jsonb not null default '[]',
  -- A merge is under way until then, unless its node died.
  claimed_until timestamptz
) with (fillfactor = 50);

grant select, insert, update, delete on index_states to stellar_app;
create policy tenant on index_states to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table index_states enable row level security, force row level security;

-- step: which merge was the last
-- Beside the version, because every recall reads both: one row 0.06 ms, the same as a join of two 0.19 ms.
-- Together they name one state of the index.
alter table tenant_usage add column index_generation integer not null default 0;

-- step: what segments hold
-- Documents, vocabulary, shared and own blocks of terms, by address (segment, kind, number).
create table index_blocks (
  user_id uuid not null references users (id),
  block bigint not null,
  part integer not null,
  data bytea not null,
  primary key (user_id, block, part)
);
-- At most 8,000 bytes each, packed already: TOAST would only cost a second look-up and failed compression.
alter table index_blocks alter column data set storage plain;

grant select, insert, update, delete on index_blocks to stellar_app;
create policy tenant on index_blocks to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table index_blocks enable row level security, force row level security;

-- step: documents that segments or caches may still hold but that were forgotten or edited since
-- The version is the tenant's when it happened, so that a cache reads only what is new to it.
create table index_dead (
  user_id uuid not null references users (id),
  version bigint not null,
  doc integer not null,
  primary key (user_id, version, doc)
);

grant select, insert, update, delete on index_dead to stellar_app;
create policy tenant on index_dead to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table index_dead enable row level security, force row level security;
