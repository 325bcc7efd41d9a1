-- Storing that counts memories only: from migration 005 up to 010, and again on the way back from it.
create or replace function store_memories(owner uuid, items jsonb, entries bytea[], zones integer[]) returns integer
  language plpgsql security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = auto
as $$
declare
  count constant integer := cardinality(entries);
  first_doc integer;
begin
  -- The counter row first: it serialises the tenant's writers, so that racing stores never pass the limit.
  update tenant_usage u
     set version = u.version + 1,
         next_doc = u.next_doc + count,
         zone_0 = u.zone_0 + zones[1],
         zone_1 = u.zone_1 + zones[2],
         zone_2 = u.zone_2 + zones[3],
         zone_3 = u.zone_3 + zones[4],
         zone_4 = u.zone_4 + zones[5]
   where u.user_id = owner
     and (u.memory_limit is null
          or u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4 + count <= u.memory_limit)
   returning u.next_doc - count into first_doc;
  if not found then
    return null;
  end if;

  insert into memories (user_id, id, doc, content, metadata, arbitrary_importance, zone, total_score,
         recall_count, created_at, last_recalled_at, updated_at, occurred_at,
         agent_id, session_id, speaker, role, pinned)
  select owner, i.id, first_doc + i.position::integer - 1, i.content, i.metadata, i.importance, i.zone, i.score,
         0, i.created_at, i.created_at, i.created_at, i.occurred_at,
         i.agent_id, i.session_id, i.speaker, i.role, i.pinned
    from rows from (jsonb_to_recordset(items) as (
           id text, content text, metadata jsonb, importance double precision, zone integer,
           score double precision, created_at double precision, occurred_at double precision,
           agent_id text, session_id text, speaker text, role text, pinned boolean))
         with ordinality as i (id, content, metadata, importance, zone, score, created_at, occurred_at,
                               agent_id, session_id, speaker, role, pinned, position);

  insert into index_recent (user_id, doc, entry)
  select owner, first_doc + e.position::integer - 1, e.entry
    from unnest(entries) with ordinality as e (entry, position);
  return first_doc;
end $$;
