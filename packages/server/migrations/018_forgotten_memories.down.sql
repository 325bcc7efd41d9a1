-- What was forgotten stays so: its owner wanted it gone, and older releases would not erase it.
drop table forgotten_memories;
