-- step: what was merged was edited
-- Once more after an interruption: each step may find its work done.
drop table if exists memory_links;
alter table tenant_usage drop column if exists links_near_duplicates;
alter table memory_versions no force row level security;
update memory_versions set reason = 'edited' where reason = 'merged';
alter table memory_versions force row level security;
alter table memory_versions drop constraint if exists memory_versions_reason_check;
alter table memory_versions add constraint memory_versions_reason_check
  check (reason in ('edited', 'overwritten'));
