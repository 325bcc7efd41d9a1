drop table if exists memory_versions;
