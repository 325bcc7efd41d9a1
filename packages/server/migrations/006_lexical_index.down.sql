-- Nothing is lost: whatever is in memories and not in the index is indexed again by the next merge.

-- step: no merge is told
alter table tenant_usage drop column if exists index_generation;

-- step: no index
drop table if exists index_dead;
drop table if exists index_blocks;
drop table if exists index_states;
