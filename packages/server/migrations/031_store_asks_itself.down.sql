-- step: the statement asks whether duplicates are merged
drop function if exists store_counted(uuid, jsonb, bytea[], integer[], double precision[], integer[], double precision, double precision, boolean);
create or replace function store_counted(owner uuid, items jsonb, entries bytea[], zones integer[],
    orbit double precision[] default null, capacities integer[] default null,
    moment double precision default 0, due double precision default 0,
    out first_doc integer, out used_memories bigint, out used_agents integer,
    out allowed_memories bigint, out allowed_agents integer, out short_of text,
    out final_zones integer[])
  language plpgsql security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = auto
as $$
declare
  added constant integer := cardinality(entries);
  named constant boolean := jsonb_path_exists(items, '$[*].agent_id ? (@ != null)');
  fresh integer := 0;
  counts bigint[];
begin
  if named then
    -- The lock first: what is then read of the agents stays true until the end.
    perform from tenant_usage u where u.user_id = owner for update;
    select count(distinct i ->> 'agent_id') into fresh
      from jsonb_array_elements(items) i
     where i ->> 'agent_id' is not null
       and not exists (select from agents a where a.user_id = owner and a.agent_id = i ->> 'agent_id');
  end if;

  -- The counter row first: it serialises the tenant's writers, so that racing stores never pass a limit.
  update tenant_usage u
     set version = u.version + 1,
         next_doc = u.next_doc + added,
         zone_0 = u.zone_0 + zones[1],
         zone_1 = u.zone_1 + zones[2],
         zone_2 = u.zone_2 + zones[3],
         zone_3 = u.zone_3 + zones[4],
         zone_4 = u.zone_4 + zones[5],
         agents = u.agents + fresh,
         next_due = least(u.next_due, due)
   where u.user_id = owner
     and (u.memory_limit is null
          or u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4 + added <= u.memory_limit)
     and (fresh = 0 or u.agent_limit is null or u.agents + fresh <= u.agent_limit)
   returning u.next_doc - added, u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4, u.agents,
             u.memory_limit, u.agent_limit, array[u.zone_0, u.zone_1, u.zone_2]
        into first_doc, used_memories, used_agents, allowed_memories, allowed_agents, counts;
  if not found then
    select u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4, u.agents, u.memory_limit, u.agent_limit,
           case when u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4 + added > u.memory_limit
                then 'memories' else 'agents' end
      into used_memories, used_agents, allowed_memories, allowed_agents, short_of
      from tenant_usage u where u.user_id = owner;
    return;
  end if;

  insert into memories (user_id, id, doc, content, metadata, arbitrary_importance, zone, total_score,
         recall_count, created_at, last_recalled_at, updated_at, occurred_at,
         agent_id, session_id, speaker, role, pinned, leaves_at)
  select owner, i.id, first_doc + i.position::integer - 1, i.content, i.metadata, i.importance, i.zone, i.score,
         0, i.created_at, i.created_at, i.created_at, i.occurred_at,
         i.agent_id, i.session_id, i.speaker, i.role, i.pinned,
         case when i.pinned then 1e13 - (first_doc + i.position - 1) else coalesce(i.leaves_at, 0) end
    from rows from (jsonb_to_recordset(items) as (
           id text, content text, metadata jsonb, importance double precision, zone integer,
           score double precision, created_at double precision, occurred_at double precision,
           agent_id text, session_id text, speaker text, role text, pinned boolean, leaves_at double precision))
         with ordinality as i (id, content, metadata, importance, zone, score, created_at, occurred_at,
                               agent_id, session_id, speaker, role, pinned, leaves_at, position);

  insert into index_recent (user_id, doc, entry)
  select owner, first_doc + e.position::integer - 1, e.entry
    from unnest(entries) with ordinality as e (entry, position);

  if named then
    insert into agents (user_id, agent_id, memories)
    select owner, i ->> 'agent_id', count(*)
      from jsonb_array_elements(items) i
     where i ->> 'agent_id' is not null
     group by 2
    on conflict (user_id, agent_id) do update set memories = agents.memories + excluded.memories;
  end if;

  -- Only a zone that holds more than it may costs anything.
  if counts[1] > capacities[1] or counts[2] > capacities[2] or counts[3] > capacities[3] then
    perform settle_orbits(owner, orbit, capacities, moment, added + 20);
    select array_agg(m.zone order by m.doc) into final_zones
      from memories m where m.user_id = owner and m.doc >= first_doc;
  end if;
end $$;
revoke execute on function store_counted from public;
grant execute on function store_counted to stellar_app;
