-- step: recalls go back to where v1 counts them
do $$
begin
  if to_regclass('public.memory_recalls') is not null then
    update memories m
       set recall_count = m.recall_count + r.recall_count,
           last_recalled_at = greatest(m.last_recalled_at, r.last_recalled_at)
      from memory_recalls r
     where r.user_id = m.user_id and r.memory_id = m.id;
  end if;
end $$;
drop table if exists idempotency;
drop table if exists index_recent;
drop table if exists memory_recalls;
