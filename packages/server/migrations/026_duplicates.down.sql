drop table memory_identities;
alter table tenant_usage drop column merges_duplicates;
