-- step: whatever is stored is another memory
-- Once more after an interruption: each step may find its work done.
drop table if exists memory_identities;
alter table tenant_usage drop column if exists merges_duplicates;
