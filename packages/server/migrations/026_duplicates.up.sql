-- Whoever wants it has what he stores twice merged.

-- step: who wants it
-- On the counter row, which every store reads anyway.
alter table tenant_usage add column merges_duplicates boolean not null default false;

-- step: what memories say, to be found by it
-- Rows of those tenants only: nobody else's stores write one more index. Narrow, so that counting rewrites no text.
create table memory_identities (
  user_id uuid not null,
  memory_id text not null,
  -- MD5 of the content as UTF-8.
  content_hash uuid not null,
  -- How often it was stored.
  stored integer not null default 1,
  primary key (user_id, memory_id),
  foreign key (user_id, memory_id) references memories (user_id, id) on delete cascade
) with (fillfactor = 70);
create index memory_identities_user_id_content_hash on memory_identities (user_id, content_hash);

grant select, insert, update, delete on memory_identities to stellar_app;
create policy tenant on memory_identities to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table memory_identities enable row level security, force row level security;
