drop function if exists legacy_account() cascade;
drop function if exists legacy_memory_limit(text);
drop table if exists tenant_usage;
