-- Nothing is lost: vectors are made again from the memories. The extension stays, since others may use it.
drop table if exists memory_vectors;
drop table if exists vector_progress;
drop table if exists embedding_spaces;
