-- Summaries that were stored as memories stay; when conversations began and ended is lost.

-- step: no conversations
drop table if exists memory_sessions;
