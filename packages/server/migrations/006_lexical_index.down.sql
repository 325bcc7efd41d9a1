-- Nothing is lost: whatever is in memories and not in the index is indexed again by the next merge.
drop table index_dead;
drop table index_blocks;
drop table index_states;
