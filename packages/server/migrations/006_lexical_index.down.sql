-- Nothing is lost: whatever is in memories and not in the index is indexed again by the next merge.
drop table if exists index_dead;
drop table if exists index_blocks;
drop table if exists index_states;
alter table tenant_usage drop column index_generation;
