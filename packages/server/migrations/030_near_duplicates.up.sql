-- What says nearly the same, or the opposite, of what is there is noticed, for those who want it.

-- step: who wants near duplicates linked instead of merged
-- Of those who have duplicates merged; without a word of theirs near ones are merged too.
alter table tenant_usage add column links_near_duplicates boolean not null default false;

-- step: how memories stand to each other
-- Noticed when the later one was stored, of those tenants only.
create table memory_links (
  user_id uuid not null,
  memory_id text not null,
  other_id text not null,
  relation text not null check (relation in ('near', 'contradicts')),
  -- 0 to 1.
  similarity double precision not null,
  -- Epoch seconds.
  noticed_at double precision not null,
  primary key (user_id, memory_id, other_id),
  foreign key (user_id, memory_id) references memories (user_id, id) on delete cascade,
  foreign key (user_id, other_id) references memories (user_id, id) on delete cascade
);
create index memory_links_user_id_other_id on memory_links (user_id, other_id);

grant select, insert, delete on memory_links to stellar_app;
create policy tenant on memory_links to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table memory_links enable row level security, force row level security;

-- step: a version may have been replaced by a merge
-- Not looked at yet: that takes as long as there are versions, and would keep writers waiting.
alter table memory_versions drop constraint memory_versions_reason_check;
alter table memory_versions add constraint memory_versions_reason_check
  check (reason in ('edited', 'overwritten', 'merged')) not valid;

-- step: the versions that are there have no other reason
alter table memory_versions validate constraint memory_versions_reason_check;
