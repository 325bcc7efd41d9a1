-- Orbits by due time: the moment at which a memory leaves its zone is written with it and indexed. What time changes is
-- found without looking at anything else, and the lowest of a full zone is the first of an index.

-- step: when a memory leaves its zone, and when a tenant's next one does
-- 0 is long past: what is there already is looked at by the first sweeps, in small batches, and keeps its zone until then.
-- `leaves_at` may be too early, for recalls make it later and are counted elsewhere; it is never too late.
alter table memories add column leaves_at double precision not null default 0;
alter table tenant_usage add column next_due double precision not null default 0;

-- What was recalled so that its score allows a zone further in. Narrow: recalls write nothing that holds text.
create table orbit_rises (
  user_id uuid not null,
  memory_id text not null,
  primary key (user_id, memory_id),
  foreign key (user_id, memory_id) references memories (user_id, id) on delete cascade
);
grant select, insert, delete on orbit_rises to stellar_app;
create policy tenant on orbit_rises to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table orbit_rises enable row level security, force row level security;

-- step online: memories of a zone, the first to leave first
create index concurrently if not exists memories_user_id_zone_leaves_at on memories (user_id, zone, leaves_at);

-- step online: tenants with something due
create index concurrently if not exists tenant_usage_next_due on tenant_usage (next_due, user_id)
  where next_due < 1e12;

-- step online: the index above finds memories by zone too
drop index concurrently if exists memories_user_id_zone;

-- step: the rules of the zones
-- What `leavesAt` of the server's domain/orbit.ts says, for `orbit` = {weights of recall, freshness and importance,
-- recalls of a full recall term, half-life in seconds, floors of zones 0 to 3}. Tests hold the two to each other.
-- Where a product would be too small for Postgres, which is an error, it is nothing.
create function orbit_lasting(orbit double precision[], importance double precision, recalls bigint)
  returns double precision language plpgsql immutable parallel safe as $$
begin
  return orbit[1] * least(1, ln(1 + greatest(recalls, 0)::double precision) / ln(1 + orbit[4])) 
         + case when importance < 1e-300 then 0 else orbit[3] * importance end;
end $$;

create function orbit_leaves_at(orbit double precision[], zone integer, lasting double precision,
                                last_recalled double precision, pinned boolean, doc integer)
  returns double precision language plpgsql immutable parallel safe as $$
declare
  freshness double precision;
begin
  -- Behind all that stay, and of a zone full of pinned ones the newest has to look elsewhere.
  if pinned then
    return 1e13 - doc;
  end if;
  freshness := (coalesce(orbit[6 + zone], '-infinity') - lasting) / orbit[2];
  if freshness <= 0 then
    return 1e12 * (1 + lasting);
  end if;
  return case when freshness > 1 then 0 else last_recalled - orbit[5] * ln(freshness) / ln(2::double precision) end;
end $$;

create function orbit_zone(orbit double precision[], lasting double precision, last_recalled double precision,
                           moment double precision)
  returns integer language plpgsql immutable parallel safe as $$
begin
  for zone in 0..3 loop
    if moment <= orbit_leaves_at(orbit, zone, lasting, last_recalled, false, 0) then
      return zone;
    end if;
  end loop;
  return 4;
end $$;

create function orbit_score(orbit double precision[], lasting double precision, last_recalled double precision,
                            moment double precision)
  returns double precision language sql immutable parallel safe as $$
  select lasting + orbit[2] * power(2::double precision, greatest(-60, least(0, last_recalled - moment) / orbit[5]))
$$;

-- What overflows goes one zone outward, the lowest first, and on from there. At most so many leave a zone in a call:
-- only what was never held to a capacity has more. Answers how many moved. The caller has the counter row's lock.
create function settle_orbits(owner uuid, orbit double precision[], capacities integer[], moment double precision,
                              at_most integer) returns integer
  language plpgsql security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = auto
as $$
declare
  counts bigint[];
  excess integer;
  left_zone integer;
  first_due double precision;
  due double precision := 1e12;
  moved integer := 0;
begin
  select array[u.zone_0, u.zone_1, u.zone_2, u.zone_3] into counts from tenant_usage u where u.user_id = owner;
  for inner_zone in 0..2 loop
    excess := least(counts[inner_zone + 1] - capacities[inner_zone + 1], at_most);
    continue when excess is null or excess <= 0;
    -- Where recalls made it later, the stored moment is brought up to date first: then the lowest are the lowest.
    loop
      update memories m set leaves_at = known.leaves_at
        from (select l.id, l.leaves_at as stored,
                     orbit_leaves_at(orbit, inner_zone,
                       orbit_lasting(orbit, l.arbitrary_importance, l.recall_count::bigint + coalesce(r.recall_count, 0)),
                       greatest(l.last_recalled_at, r.last_recalled_at), l.pinned, l.doc) as leaves_at
                from (select c.id, c.doc, c.pinned, c.leaves_at, c.arbitrary_importance, c.recall_count, c.last_recalled_at
                        from memories c
                       where c.user_id = owner and c.zone = inner_zone
                       order by c.leaves_at, c.doc limit excess) l
                left join memory_recalls r on r.user_id = owner and r.memory_id = l.id) known
       where m.user_id = owner and m.id = known.id and known.leaves_at > known.stored + 0.001;
      exit when not found;
    end loop;
    with lowest as (
      select c.id from memories c
       where c.user_id = owner and c.zone = inner_zone
       order by c.leaves_at, c.doc limit excess
    ), judged as (
      select c.id, c.doc, c.pinned, greatest(c.last_recalled_at, r.last_recalled_at) as last_recalled,
             orbit_lasting(orbit, c.arbitrary_importance, c.recall_count::bigint + coalesce(r.recall_count, 0)) as lasting
        from lowest join memories c on c.user_id = owner and c.id = lowest.id
        left join memory_recalls r on r.user_id = owner and r.memory_id = lowest.id
    ), gone as (
      update memories m
         set zone = inner_zone + 1,
             leaves_at = orbit_leaves_at(orbit, inner_zone + 1, j.lasting, j.last_recalled, j.pinned, j.doc),
             total_score = orbit_score(orbit, j.lasting, j.last_recalled, moment)
        from judged j
       where m.user_id = owner and m.id = j.id
      returning m.leaves_at
    )
    select count(*), min(gone.leaves_at) into left_zone, first_due from gone;
    counts[inner_zone + 1] := counts[inner_zone + 1] - left_zone;
    counts[inner_zone + 2] := counts[inner_zone + 2] + left_zone;
    due := least(due, first_due);
    moved := moved + left_zone;
  end loop;
  if moved > 0 then
    update tenant_usage u
       set zone_0 = counts[1], zone_1 = counts[2], zone_2 = counts[3], zone_3 = counts[4],
           next_due = least(u.next_due, due)
     where u.user_id = owner;
  end if;
  return moved;
end $$;

-- Moves what is due outward and what was recalled inward, at most so many of each; answers how many changed their zone
-- and when the next is due. Nulls when another transaction has the tenant and the caller does not wait.
create function reorbit_due(owner uuid, orbit double precision[], capacities integer[], moment double precision,
                            at_most integer, waits boolean, out moved integer, out due double precision)
  language plpgsql security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = auto
as $$
declare
  before record;
  counts bigint[];
  risen record;
  target integer;
begin
  -- The counter row first, as every writer of the tenant.
  if waits then
    select u.next_due, array[u.zone_0, u.zone_1, u.zone_2, u.zone_3, u.zone_4] as zones into before
      from tenant_usage u where u.user_id = owner for update;
  else
    select u.next_due, array[u.zone_0, u.zone_1, u.zone_2, u.zone_3, u.zone_4] as zones into before
      from tenant_usage u where u.user_id = owner for update skip locked;
  end if;
  if not found then
    return;
  end if;
  moved := 0;
  due := before.next_due;
  if due >= moment and not exists (select from orbit_rises o where o.user_id = owner) then
    return;
  end if;
  counts := before.zones;

  -- Time moves outward only. What was recalled meanwhile stays, and gets its new moment.
  with late as (
    select l.*
      from generate_series(0, 3) as z (zone) cross join lateral (
           select c.id, c.doc, c.zone, c.pinned, c.arbitrary_importance, c.recall_count, c.last_recalled_at
             from memories c
            where c.user_id = owner and c.zone = z.zone and c.leaves_at < moment
            order by c.leaves_at limit at_most) l
     limit at_most
  ), judged as (
    select l.id, l.doc, l.zone, l.pinned, k.lasting, k.last_recalled,
           case when l.pinned then l.zone
                else greatest(l.zone, orbit_zone(orbit, k.lasting, k.last_recalled, moment)) end as target
      from late l
      left join memory_recalls r on r.user_id = owner and r.memory_id = l.id
      cross join lateral (
           select orbit_lasting(orbit, l.arbitrary_importance, l.recall_count::bigint + coalesce(r.recall_count, 0)) as lasting,
                  greatest(l.last_recalled_at, r.last_recalled_at) as last_recalled) k
  ), written as (
    update memories m
       set zone = j.target,
           leaves_at = orbit_leaves_at(orbit, j.target, j.lasting, j.last_recalled, j.pinned, j.doc),
           total_score = case when j.target = j.zone then m.total_score
                              else orbit_score(orbit, j.lasting, j.last_recalled, moment) end
      from judged j
     where m.user_id = owner and m.id = j.id
    returning j.zone, j.target
  )
  select array[counts[1] + sum((w.target = 0)::int - (w.zone = 0)::int),
               counts[2] + sum((w.target = 1)::int - (w.zone = 1)::int),
               counts[3] + sum((w.target = 2)::int - (w.zone = 2)::int),
               counts[4] + sum((w.target = 3)::int - (w.zone = 3)::int),
               counts[5] + sum((w.target = 4)::int - (w.zone = 4)::int)],
         count(*) filter (where w.target <> w.zone)
    into counts, moved
    from written w having count(*) > 0;
  counts := coalesce(counts, before.zones);
  moved := coalesce(moved, 0);

  -- A recalled memory takes the innermost zone of its score that has room, or a lower one to make room.
  for risen in
    with taken as (
      delete from orbit_rises o
       where o.user_id = owner and o.memory_id in (
             select p.memory_id from orbit_rises p where p.user_id = owner limit at_most)
      returning o.memory_id
    )
    select m.id, m.doc, m.zone, m.pinned, k.lasting, k.last_recalled
      from taken join memories m on m.user_id = owner and m.id = taken.memory_id
      left join memory_recalls r on r.user_id = owner and r.memory_id = m.id
      cross join lateral (
           select orbit_lasting(orbit, m.arbitrary_importance, m.recall_count::bigint + coalesce(r.recall_count, 0)) as lasting,
                  greatest(m.last_recalled_at, r.last_recalled_at) as last_recalled) k
     where not m.pinned
     order by m.doc
  loop
    target := orbit_zone(orbit, risen.lasting, risen.last_recalled, moment);
    while target < risen.zone and counts[target + 1] >= capacities[target + 1] and not exists (
          select from (select c.leaves_at, c.doc from memories c
                        where c.user_id = owner and c.zone = target order by c.leaves_at, c.doc limit 1) lowest
           where (lowest.leaves_at, lowest.doc)
                 < (orbit_leaves_at(orbit, target, risen.lasting, risen.last_recalled, false, 0), risen.doc)) loop
      target := target + 1;
    end loop;
    continue when target >= risen.zone;
    update memories m
       set zone = target,
           leaves_at = orbit_leaves_at(orbit, target, risen.lasting, risen.last_recalled, false, 0),
           total_score = orbit_score(orbit, risen.lasting, risen.last_recalled, moment)
     where m.user_id = owner and m.id = risen.id;
    counts[target + 1] := counts[target + 1] + 1;
    counts[risen.zone + 1] := counts[risen.zone + 1] - 1;
    moved := moved + 1;
  end loop;

  if moved > 0 then
    update tenant_usage u
       set zone_0 = counts[1], zone_1 = counts[2], zone_2 = counts[3], zone_3 = counts[4], zone_4 = counts[5]
     where u.user_id = owner;
  end if;
  moved := moved + settle_orbits(owner, orbit, capacities, moment, at_most);

  -- What is still more than a zone holds is taken on by the next call.
  select case when (u.zone_0 > capacities[1]) or (u.zone_1 > capacities[2]) or (u.zone_2 > capacities[3])
                or exists (select from orbit_rises o where o.user_id = owner) then 0
              else coalesce(least(1e12, min(f.leaves_at)), 1e12) end
    into due
    from tenant_usage u
    left join lateral (
         select n.leaves_at from generate_series(0, 3) as z (zone) cross join lateral (
                select c.leaves_at from memories c
                 where c.user_id = owner and c.zone = z.zone order by c.leaves_at limit 1) n) f on true
   where u.user_id = owner
   group by u.user_id;
  update tenant_usage u
     set next_due = due, version = u.version + (moved > 0)::integer
   where u.user_id = owner;
end $$;

revoke execute on function orbit_lasting, orbit_leaves_at, orbit_zone, orbit_score, settle_orbits, reorbit_due from public;
grant execute on function orbit_lasting, orbit_leaves_at, orbit_zone, orbit_score, settle_orbits, reorbit_due to stellar_app;

-- step: storing keeps to the capacities
-- Nodes of the release before call it with four arguments: what they store is due at once, and a sweep places it.
drop function store_counted(uuid, jsonb, bytea[], integer[]);
create function store_counted(owner uuid, items jsonb, entries bytea[], zones integer[],
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
