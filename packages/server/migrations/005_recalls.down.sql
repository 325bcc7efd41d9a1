-- step batches: recalls go back to where v1 counts them
with counted as (
  delete from memory_recalls
   where ctid = any (array(
     select ctid from memory_recalls order by user_id, memory_id limit $1))
  returning user_id, memory_id, recall_count, last_recalled_at
), written as (
  update memories m
     set recall_count = m.recall_count + counted.recall_count,
         last_recalled_at = greatest(m.last_recalled_at, counted.last_recalled_at)
    from counted
   where counted.user_id = m.user_id and counted.memory_id = m.id
)
select count(*)::integer as done from counted;

-- step: no recalls apart
drop table if exists memory_recalls;

-- step: no answers remembered, no storing in one statement, no recent documents
drop function if exists store_memories;
drop table if exists idempotency;
drop table if exists index_recent;
