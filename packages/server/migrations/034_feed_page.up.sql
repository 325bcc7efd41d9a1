-- Reading the feed, as one statement whose plan is kept.

-- step: what comes after a cursor
-- It was five statements in three round trips, parsed and planned each time, and a change is delivered only when they are
-- through. With the caller's rights: row security and grants hold as outside. Stable, so all of it sees one snapshot: no
-- memory is newer than the head that comes with it. One row a change, with its memories as they are now, or one row
-- without a change. The change at `from_seq` comes along for its chain, and so does that of `shown_seq`. No more changes
-- than together name so many memories, at least one behind `from_seq`. The plan is generic on purpose, as in
-- recalled_memories.
create function feed_page(owner uuid, from_seq bigint, shown_seq bigint, most_changes integer, most_memories integer)
  returns table (epoch text, head bigint, floor bigint, head_chain text, shown_chain text,
                 seq bigint, chain text, at timestamptz, stored text[], forgotten text[], mutation text,
                 made_by text[], memories json)
  language plpgsql stable security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  return query
    select s.epoch, s.head, s.floor, s.chain,
           (select c.chain from changes c where c.user_id = owner and c.seq = shown_seq),
           p.seq, p.chain, p.at, p.stored, p.forgotten, p.mutation, p.made_by,
           case when p.seq > from_seq then (
             select json_agg(json_build_object(
                      'id', m.id, 'doc', m.doc, 'content', m.content, 'metadata', m.metadata,
                      'arbitrary_importance', m.arbitrary_importance, 'zone', m.zone, 'total_score', m.total_score,
                      'recall_count', m.recall_count + coalesce(r.recall_count, 0),
                      'last_recalled_at',
                      coalesce(r.last_recalled_at, case when m.recall_count > 0 then m.last_recalled_at end),
                      'created_at', m.created_at, 'updated_at', m.updated_at, 'occurred_at', m.occurred_at,
                      'agent_id', m.agent_id, 'session_id', m.session_id, 'speaker', m.speaker, 'role', m.role,
                      'pinned', m.pinned) order by named.place)
               from unnest(p.stored) with ordinality as named (id, place)
               cross join lateral (
                 select * from memories m where m.user_id = owner and m.id = named.id offset 0) as m
               left join lateral (
                 select * from memory_recalls r where r.user_id = owner and r.memory_id = m.id offset 0) as r on true)
           end
      from tenant_sync s
      left join lateral (
        select w.* from (
          select c.*, sum(case when c.seq > from_seq then cardinality(c.stored) else 0 end) over (order by c.seq) as named
            from (select * from changes c
                   where c.user_id = owner and c.seq >= from_seq order by c.seq limit most_changes) as c) as w
         where w.named <= most_memories or w.seq <= from_seq + 1) as p on true
     where s.user_id = owner
     order by p.seq;
end $$;
revoke execute on function feed_page from public;
grant execute on function feed_page to stellar_app;
