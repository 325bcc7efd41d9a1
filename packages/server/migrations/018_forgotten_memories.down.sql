-- What was forgotten stays so: its owner wanted it gone, and older releases would not erase it.
drop table if exists forgotten_memories;
