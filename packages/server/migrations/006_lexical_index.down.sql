-- Nothing is lost that is not in memories, but recall finds merged memories again only after a rebuild.
drop table index_dead;
drop table index_blocks;
drop table index_states;
