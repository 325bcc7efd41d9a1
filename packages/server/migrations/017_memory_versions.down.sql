drop table memory_versions;
