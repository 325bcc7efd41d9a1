-- What the migrations make of an empty database: written by `npm run schema`, held to by `npm run check:schema`.
-- To read and to review, not to run. The owner's own rights are left out.

CREATE OR REPLACE FUNCTION public.append_audit(owner uuid, happened text, who text, what jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  head audit_heads;
  moment timestamptz;
  next_hash text;
begin
  insert into audit_heads (user_id, seq, hash) values (owner, 0, repeat('0', 64)) on conflict (user_id) do nothing;
  select * into head from audit_heads h where h.user_id = owner for update;
  moment := clock_timestamp();
  next_hash := audit_hash(head.hash, owner, head.seq + 1, moment, happened, who, what);
  insert into audit_log (user_id, seq, at, action, actor, detail, previous, hash)
  values (owner, head.seq + 1, moment, happened, who, what, head.hash, next_hash);
  update audit_heads h set seq = head.seq + 1, hash = next_hash where h.user_id = owner;
  return head.seq + 1;
end $function$
;

CREATE OR REPLACE FUNCTION public.audit_hash(previous text, owner uuid, seq bigint, at timestamp with time zone, action text, actor text, detail jsonb)
 RETURNS text
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select encode(sha256(convert_to(jsonb_build_array(previous, owner, seq,
    to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), action, actor, detail)::text, 'UTF8')), 'hex')
$function$
;

CREATE OR REPLACE FUNCTION public.erase_rows(owner uuid, relation regclass, most integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  gone bigint;
begin
  execute format(
    'delete from %1$s where user_id = $1 and ctid = any (array(select ctid from %1$s where user_id = $1 limit $2))',
    relation) using owner, most;
  get diagnostics gone = row_count;
  return gone;
end $function$
;

CREATE OR REPLACE FUNCTION public.feed_page(owner uuid, from_seq bigint, shown_seq bigint, most_changes integer, most_memories integer)
 RETURNS TABLE(epoch text, head bigint, floor bigint, head_chain text, shown_chain text, seq bigint, chain text, at timestamp with time zone, stored text[], forgotten text[], mutation text, made_by text[], memories json)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION public.move_agent(owner uuid, leaves text, enters text)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'auto'
AS $function$
declare
  gone integer := 0;
  come integer := 0;
begin
  if leaves is not null then
    update agents a set memories = a.memories - 1
     where a.user_id = owner and a.agent_id = leaves and a.memories > 1;
    if not found then
      delete from agents a where a.user_id = owner and a.agent_id = leaves;
      get diagnostics gone = row_count;
    end if;
  end if;
  if enters is not null then
    update agents a set memories = a.memories + 1 where a.user_id = owner and a.agent_id = enters;
    if not found then
      insert into agents (user_id, agent_id, memories) values (owner, enters, 1);
      come := 1;
    end if;
  end if;
  if gone = come then
    return true;
  end if;
  update tenant_usage u set agents = u.agents + come - gone
   where u.user_id = owner and (come < gone or u.agent_limit is null or u.agents + come - gone <= u.agent_limit);
  return found;
end $function$
;

CREATE OR REPLACE FUNCTION public.orbit_lasting(orbit double precision[], importance double precision, recalls bigint)
 RETURNS double precision
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  return orbit[1] * least(1, ln(1 + greatest(recalls, 0)::double precision) / ln(1 + orbit[4])) 
         + case when importance < 1e-300 then 0 else orbit[3] * importance end;
end $function$
;

CREATE OR REPLACE FUNCTION public.orbit_leaves_at(orbit double precision[], zone integer, lasting double precision, last_recalled double precision, pinned boolean, doc integer)
 RETURNS double precision
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION public.orbit_score(orbit double precision[], lasting double precision, last_recalled double precision, moment double precision)
 RETURNS double precision
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select lasting + orbit[2] * power(2::double precision, greatest(-60, least(0, last_recalled - moment) / orbit[5]))
$function$
;

CREATE OR REPLACE FUNCTION public.orbit_zone(orbit double precision[], lasting double precision, last_recalled double precision, moment double precision)
 RETURNS integer
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
begin
  for zone in 0..3 loop
    if moment <= orbit_leaves_at(orbit, zone, lasting, last_recalled, false, 0) then
      return zone;
    end if;
  end loop;
  return 4;
end $function$
;

CREATE OR REPLACE FUNCTION public.recalled_memories(owner uuid, docs integer[], as_of_version bigint DEFAULT NULL::bigint, as_of_generation bigint DEFAULT NULL::bigint)
 RETURNS TABLE(id text, doc integer, content text, metadata jsonb, arbitrary_importance double precision, zone integer, total_score double precision, recall_count integer, last_recalled_at double precision, created_at double precision, updated_at double precision, occurred_at double precision, agent_id text, session_id text, speaker text, role text, pinned boolean)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
begin
  if as_of_version is not null and not exists (
       select from tenant_usage u
        where u.user_id = owner and u.version = as_of_version and u.index_generation = as_of_generation) then
    return;
  end if;
  return query
    select m.id, m.doc, m.content, m.metadata, m.arbitrary_importance, m.zone, m.total_score,
           m.recall_count + coalesce(r.recall_count, 0),
           coalesce(r.last_recalled_at, case when m.recall_count > 0 then m.last_recalled_at end),
           m.created_at, m.updated_at, m.occurred_at, m.agent_id, m.session_id, m.speaker, m.role, m.pinned
      from unnest(docs) as d (doc)
      cross join lateral (
        select * from memories m where m.user_id = owner and m.doc = d.doc offset 0) as m
      left join lateral (
        select * from memory_recalls r where r.user_id = owner and r.memory_id = m.id offset 0) as r on true;
end $function$
;

CREATE OR REPLACE FUNCTION public.record_change(owner uuid, new_stored text[], new_forgotten text[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'auto'
AS $function$
declare
  -- More ids than that are not logged: whoever is behind such a change reads everything anew.
  max_ids constant integer := 1000;
  this_xid constant xid8 := pg_current_xact_id();
  this_at constant timestamptz := clock_timestamp();
  place record;
  ids integer;
begin
  loop
    update tenant_sync s
       set head = s.head + 1,
           chain = substr(md5(s.chain || (s.head + 1) || extract(epoch from this_at)), 1, 16),
           floor = case when cardinality(new_stored) + cardinality(new_forgotten) > max_ids
                        then s.head + 1 else s.floor end,
           last_xid = this_xid,
           last_began = now()
     where s.user_id = owner
       and (s.last_xid is distinct from this_xid or s.last_began is distinct from now())
    returning s.head, s.floor, s.chain into place;
    if found then
      insert into changes (user_id, seq, chain, at, stored, forgotten, mutation, made_by)
      values (owner, place.head, place.chain, this_at,
              case when place.floor = place.head then '{}' else new_stored end,
              case when place.floor = place.head then '{}' else new_forgotten end,
              nullif(current_setting('app.mutation', true), ''),
              coalesce(nullif(current_setting('app.agents', true), ''), '{}')::text[]);
      exit;
    end if;

    -- Not the first statement of its transaction that changes something.
    update changes c
       set stored = c.stored || new_stored, forgotten = c.forgotten || new_forgotten
      from tenant_sync s
     where s.user_id = owner and s.last_xid = this_xid and s.last_began = now()
       and c.user_id = owner and c.seq = s.head
    returning s.head, s.floor, cardinality(c.stored) + cardinality(c.forgotten) as ids into place;
    if found then
      if place.ids > max_ids or place.floor = place.head then
        update tenant_sync s set floor = s.head where s.user_id = owner;
        update changes c set stored = '{}', forgotten = '{}' where c.user_id = owner and c.seq = place.head;
      end if;
      exit;
    end if;

    insert into tenant_sync (user_id) values (owner) on conflict do nothing;
  end loop;

  if cardinality(new_forgotten) > 0 then
    insert into tombstones (user_id, memory_id) select owner, unnest(new_forgotten)
    on conflict (user_id, memory_id) do update set forgotten_at = excluded.forgotten_at;
    delete from tombstones t
     where t.user_id = owner and t.memory_id in (
           select o.memory_id from tombstones o
            where o.user_id = owner and o.forgotten_at < now() - interval '90 days'
            order by o.forgotten_at limit 2 * cardinality(new_forgotten));
  end if;

  -- Writers clean up after themselves, four rows a change at most: no sweep has to visit every tenant.
  if place.head % 64 = 0 then
    with old as (
      delete from changes c
       where c.user_id = owner and c.seq in (
             select o.seq
               from (select f.seq, f.at from changes f where f.user_id = owner order by f.seq limit 256) o
              where o.at < now() - interval '30 days' or o.seq <= place.head - 100000)
      returning c.seq
    )
    update tenant_sync s set floor = greatest(s.floor, (select max(old.seq) from old))
     where s.user_id = owner and exists (select from old);
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION public.record_changes()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  found record;
begin
  if tg_op = 'DELETE' then
    for found in select g.user_id, array_agg(g.id) as ids from gone g group by g.user_id order by g.user_id loop
      perform record_change(found.user_id, '{}', found.ids);
    end loop;
  else
    for found in
      select e.user_id, array_agg(e.id) as ids,
             -- Whom memories are stored for stored them, where nobody else was named.
             case when tg_op = 'INSERT' and coalesce(current_setting('app.agents', true), '') = ''
                  then (array_agg(distinct e.agent_id) filter (where e.agent_id is not null))[:10] end as agents
        from entered e group by e.user_id order by e.user_id
    loop
      if found.agents is not null then
        perform set_config('app.agents', found.agents::text, true);
      end if;
      perform record_change(found.user_id, found.ids, '{}');
      if found.agents is not null then
        perform set_config('app.agents', '', true);
      end if;
    end loop;
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.remember_mutations(owner uuid, answers jsonb, memories_after bigint, agents_after integer)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'auto'
AS $function$
declare
  place bigint;
begin
  -- What the clients are told was worked out before anything was written. Should the rows have come to anything else,
  -- nothing of it may be committed.
  if not exists (
      select from tenant_usage u
       where u.user_id = owner and u.agents = agents_after
         and u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4 = memories_after) then
    raise exception 'a group of mutations came to something else than its plan';
  end if;
  -- Of the change that this transaction made, or of the one before when it changed nothing.
  select s.head into place from tenant_sync s where s.user_id = owner;
  place := coalesce(place, 0);
  insert into mutations (user_id, mid, fingerprint, seq, results)
  select owner, i.mid, i.fingerprint, place, i.results
    from jsonb_to_recordset(answers) as i (mid text, fingerprint text, results jsonb);
  return place;
end $function$
;

CREATE OR REPLACE FUNCTION public.reorbit_due(owner uuid, orbit double precision[], capacities integer[], moment double precision, at_most integer, waits boolean, OUT moved integer, OUT due double precision)
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'auto'
AS $function$
declare
  before record;
  counts bigint[];
  risen record;
  target integer;
  rises text[] := '{}';
  recorded text;
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

  recorded := set_config('stellar.migrating', 'on', true);
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
    rises := rises || risen.id;
  end loop;
  recorded := set_config('stellar.migrating', '', true);
  if cardinality(rises) > 0 then
    perform record_change(owner, rises, '{}');
  end if;

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
end $function$
;

CREATE OR REPLACE FUNCTION public.settle_orbits(owner uuid, orbit double precision[], capacities integer[], moment double precision, at_most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'auto'
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION public.stellar_schema_state()
 RETURNS TABLE(version integer, breaking boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ select version, breaking from public.schema_migrations where state = 'applied' $function$
;

CREATE OR REPLACE FUNCTION public.store_counted(owner uuid, items jsonb, entries bytea[], zones integer[], orbit double precision[] DEFAULT NULL::double precision[], capacities integer[] DEFAULT NULL::integer[], moment double precision DEFAULT 0, due double precision DEFAULT 0, unless_merging boolean DEFAULT false, OUT first_doc integer, OUT used_memories bigint, OUT used_agents integer, OUT allowed_memories bigint, OUT allowed_agents integer, OUT short_of text, OUT final_zones integer[])
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'auto'
AS $function$
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
     and not (unless_merging and u.merges_duplicates)
     and (u.memory_limit is null
          or u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4 + added <= u.memory_limit)
     and (fresh = 0 or u.agent_limit is null or u.agents + fresh <= u.agent_limit)
   returning u.next_doc - added, u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4, u.agents,
             u.memory_limit, u.agent_limit, array[u.zone_0, u.zone_1, u.zone_2]
        into first_doc, used_memories, used_agents, allowed_memories, allowed_agents, counts;
  if not found then
    select u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4, u.agents, u.memory_limit, u.agent_limit,
           case when unless_merging and u.merges_duplicates then 'merging'
                when u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4 + added > u.memory_limit
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
end $function$
;

CREATE OR REPLACE FUNCTION public.store_memories(owner uuid, items jsonb, entries bytea[], zones integer[])
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'auto'
AS $function$
begin
  return (select first_doc from store_counted(owner, items, entries, zones));
end $function$
;

CREATE OR REPLACE FUNCTION public.sync_head(owner uuid)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'auto'
AS $function$
begin
  return coalesce((select s.head from tenant_sync s where s.user_id = owner), 0);
end $function$
;

CREATE OR REPLACE FUNCTION public.take_lease(owner uuid, agent text, holder uuid, seconds integer, most integer, OUT granted boolean, OUT fenced boolean, OUT connected text[])
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  -- Racing agents, on whatever nodes, come one after the other: never one too many.
  perform from tenant_usage u where u.user_id = owner for update;
  delete from agent_leases l where l.user_id = owner and l.expires_at < clock_timestamp();
  granted := most is null
    or (select count(*) < most from agent_leases l where l.user_id = owner and l.agent_id <> agent);
  fenced := exists (select from agent_leases l where l.user_id = owner and l.agent_id = agent);
  if granted then
    insert into agent_leases (user_id, agent_id, session, expires_at)
    values (owner, agent, holder, clock_timestamp() + make_interval(secs => seconds))
    on conflict (user_id, agent_id) do update set session = excluded.session, expires_at = excluded.expires_at;
  end if;
  -- As many as fit into a frame.
  connected := array(select l.agent_id from agent_leases l where l.user_id = owner order by l.agent_id limit 100);
end $function$
;

create table agent_leases (
  user_id uuid not null,
  agent_id text not null,
  session uuid not null,
  expires_at timestamp with time zone not null,
  constraint agent_leases_pkey PRIMARY KEY (user_id, agent_id),
  constraint agent_leases_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
) with (fillfactor=50);
alter table agent_leases enable row level security;
alter table agent_leases force row level security;

create table agents (
  user_id uuid not null,
  agent_id text not null,
  memories bigint not null,
  constraint agents_pkey PRIMARY KEY (user_id, agent_id),
  constraint agents_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
) with (fillfactor=50);
alter table agents enable row level security;
alter table agents force row level security;

create table api_keys (
  id uuid default gen_random_uuid() not null,
  user_id uuid not null,
  key_hash character varying(64) not null,
  key_prefix character varying(20) not null,
  name character varying(100) default 'Default'::character varying,
  is_active boolean default true not null,
  last_used_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  last4 text default ''::text not null,
  scopes text[] default '{read,write,admin}'::text[] not null,
  expires_at timestamp with time zone,
  agent_id text,
  parent_id uuid,
  replaced_by uuid,
  constraint api_keys_key_hash_key UNIQUE (key_hash),
  constraint api_keys_parent_fkey FOREIGN KEY (user_id, parent_id) REFERENCES api_keys(user_id, id),
  constraint api_keys_pkey PRIMARY KEY (user_id, id),
  constraint api_keys_replaced_by_fkey FOREIGN KEY (user_id, replaced_by) REFERENCES api_keys(user_id, id),
  constraint api_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
alter table api_keys enable row level security;
alter table api_keys force row level security;

create table attempts (
  subject_hash text not null,
  tries integer not null,
  ends_at timestamp with time zone not null,
  constraint attempts_pkey PRIMARY KEY (subject_hash)
) with (fillfactor=50);
alter table attempts enable row level security;
alter table attempts force row level security;

create table audit_heads (
  user_id uuid not null,
  seq bigint not null,
  hash text not null,
  constraint audit_heads_pkey PRIMARY KEY (user_id),
  constraint audit_heads_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
) with (fillfactor=50);
alter table audit_heads enable row level security;
alter table audit_heads force row level security;

create table audit_log (
  user_id uuid not null,
  seq bigint not null,
  at timestamp with time zone not null,
  action text not null,
  actor text not null,
  detail jsonb not null,
  previous text not null,
  hash text not null,
  constraint audit_log_pkey PRIMARY KEY (user_id, seq),
  constraint audit_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table audit_log enable row level security;
alter table audit_log force row level security;

create table changes (
  user_id uuid not null,
  seq bigint not null,
  chain text not null,
  at timestamp with time zone not null,
  stored text[] not null,
  forgotten text[] not null,
  mutation text,
  made_by text[] default '{}'::text[] not null,
  constraint changes_pkey PRIMARY KEY (user_id, seq)
);
alter table changes enable row level security;
alter table changes force row level security;

create table checkout_nonces (
  user_id uuid not null,
  nonce_hash text not null,
  created_at timestamp with time zone default now() not null,
  subscription_id text,
  constraint checkout_nonces_pkey PRIMARY KEY (user_id, nonce_hash),
  constraint checkout_nonces_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table checkout_nonces enable row level security;
alter table checkout_nonces force row level security;

create table device_grants (
  user_id uuid not null,
  device_code_hash text not null,
  expires_at timestamp with time zone not null,
  constraint device_grants_pkey PRIMARY KEY (user_id, device_code_hash),
  constraint device_grants_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table device_grants enable row level security;
alter table device_grants force row level security;

create table device_requests (
  device_code_hash text not null,
  user_code_hash text not null,
  name text not null,
  scopes text[] not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  polled_at timestamp with time zone,
  interval_seconds integer not null,
  decision text,
  constraint device_requests_decision_check CHECK ((decision = ANY (ARRAY['granted'::text, 'denied'::text]))),
  constraint device_requests_pkey PRIMARY KEY (device_code_hash)
);
alter table device_requests enable row level security;
alter table device_requests force row level security;

create table erasure_receipts (
  id uuid default gen_random_uuid() not null,
  account_id uuid not null,
  requested_at timestamp with time zone not null,
  erased_at timestamp with time zone default now() not null,
  counts jsonb not null,
  constraint erasure_receipts_pkey PRIMARY KEY (id)
);
alter table erasure_receipts enable row level security;
alter table erasure_receipts force row level security;

create table erasures (
  user_id uuid not null,
  requested_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  is_paid_off boolean default false not null,
  claimed_until timestamp with time zone,
  counts jsonb default '{}'::jsonb not null,
  constraint erasures_pkey PRIMARY KEY (user_id),
  constraint erasures_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
) with (fillfactor=50);
alter table erasures enable row level security;
alter table erasures force row level security;

create table forgotten_memories (
  user_id uuid not null,
  memory_id text not null,
  forgotten_at double precision not null,
  reason text not null,
  memory jsonb not null,
  recalls jsonb,
  versions jsonb not null,
  constraint forgotten_memories_pkey PRIMARY KEY (user_id, memory_id),
  constraint forgotten_memories_reason_check CHECK ((reason = ANY (ARRAY['asked'::text, 'automatic'::text]))),
  constraint forgotten_memories_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table forgotten_memories enable row level security;
alter table forgotten_memories force row level security;

create table idempotency (
  user_id uuid not null,
  scope text not null,
  key text not null,
  fingerprint text not null,
  response jsonb not null,
  created_at timestamp with time zone default now() not null,
  constraint idempotency_pkey PRIMARY KEY (user_id, scope, key),
  constraint idempotency_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table idempotency enable row level security;
alter table idempotency force row level security;

create table index_blocks (
  user_id uuid not null,
  block bigint not null,
  part integer not null,
  data bytea not null storage p,
  constraint index_blocks_pkey PRIMARY KEY (user_id, block, part),
  constraint index_blocks_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table index_blocks enable row level security;
alter table index_blocks force row level security;

create table index_dead (
  user_id uuid not null,
  version bigint not null,
  doc integer not null,
  constraint index_dead_pkey PRIMARY KEY (user_id, version, doc),
  constraint index_dead_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table index_dead enable row level security;
alter table index_dead force row level security;

create table index_recent (
  user_id uuid not null,
  doc integer not null,
  entry bytea not null,
  constraint index_recent_pkey PRIMARY KEY (user_id, doc)
);
alter table index_recent enable row level security;
alter table index_recent force row level security;

create table index_states (
  user_id uuid not null,
  merged_until integer default 0 not null,
  next_segment integer default 0 not null,
  segments jsonb default '[]'::jsonb not null,
  claimed_until timestamp with time zone,
  constraint index_states_pkey PRIMARY KEY (user_id),
  constraint index_states_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
) with (fillfactor=50);
alter table index_states enable row level security;
alter table index_states force row level security;

create table legacy_adoption (
  id boolean default true not null,
  tables text[] default '{}'::text[] not null,
  legacy_owner uuid not null,
  created_email character varying(255),
  created_tier character varying(20),
  adopted_at timestamp with time zone default now() not null,
  window_ended_at timestamp with time zone,
  documented integer default 0 not null,
  documented_created_at double precision default '-Infinity'::double precision not null,
  documented_id text default ''::text not null,
  constraint legacy_adoption_id_check CHECK (id),
  constraint legacy_adoption_pkey PRIMARY KEY (id)
);

create table memories (
  id text not null,
  content text not null,
  created_at double precision not null,
  last_recalled_at double precision not null,
  recall_count integer default 0 not null,
  arbitrary_importance double precision default 0.5 not null,
  zone integer not null,
  metadata jsonb default '{}'::jsonb not null,
  total_score double precision default 0.0 not null,
  encrypted boolean default false,
  source_type text default 'user'::text,
  source_url text,
  ingested_at double precision,
  vector_clock jsonb default '{}'::jsonb,
  embedding bytea,
  user_id uuid not null,
  doc integer not null,
  agent_id text,
  session_id text,
  speaker text,
  role text,
  occurred_at double precision,
  pinned boolean default false not null,
  updated_at double precision not null,
  leaves_at double precision default 0 not null,
  constraint memories_metadata_check CHECK ((jsonb_typeof(metadata) = 'object'::text)),
  constraint memories_pkey PRIMARY KEY (user_id, id),
  constraint memories_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id),
  constraint memories_zone_check CHECK (((zone >= 0) AND (zone <= 4)))
);
alter table memories enable row level security;
alter table memories force row level security;

create table memory_identities (
  user_id uuid not null,
  memory_id text not null,
  content_hash uuid not null,
  stored integer default 1 not null,
  constraint memory_identities_pkey PRIMARY KEY (user_id, memory_id),
  constraint memory_identities_user_id_memory_id_fkey FOREIGN KEY (user_id, memory_id) REFERENCES memories(user_id, id) ON DELETE CASCADE
) with (fillfactor=70);
alter table memory_identities enable row level security;
alter table memory_identities force row level security;

create table memory_links (
  user_id uuid not null,
  memory_id text not null,
  other_id text not null,
  relation text not null,
  similarity double precision not null,
  noticed_at double precision not null,
  constraint memory_links_pkey PRIMARY KEY (user_id, memory_id, other_id),
  constraint memory_links_relation_check CHECK ((relation = ANY (ARRAY['near'::text, 'contradicts'::text]))),
  constraint memory_links_user_id_memory_id_fkey FOREIGN KEY (user_id, memory_id) REFERENCES memories(user_id, id) ON DELETE CASCADE,
  constraint memory_links_user_id_other_id_fkey FOREIGN KEY (user_id, other_id) REFERENCES memories(user_id, id) ON DELETE CASCADE
);
alter table memory_links enable row level security;
alter table memory_links force row level security;

create table memory_recalls (
  user_id uuid not null,
  memory_id text not null,
  recall_count integer not null,
  last_recalled_at double precision not null,
  constraint memory_recalls_pkey PRIMARY KEY (user_id, memory_id),
  constraint memory_recalls_user_id_memory_id_fkey FOREIGN KEY (user_id, memory_id) REFERENCES memories(user_id, id) ON DELETE CASCADE
) with (fillfactor=50);
alter table memory_recalls enable row level security;
alter table memory_recalls force row level security;

create table memory_sessions (
  user_id uuid not null,
  id text not null,
  agent_id text,
  started_at double precision not null,
  first_doc integer not null,
  ended_at double precision,
  memories integer,
  summary text,
  summary_memory_id text,
  constraint memory_sessions_pkey PRIMARY KEY (user_id, id),
  constraint memory_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table memory_sessions enable row level security;
alter table memory_sessions force row level security;

create table memory_versions (
  user_id uuid not null,
  memory_id text not null,
  version integer not null,
  content text not null,
  metadata jsonb not null,
  importance double precision not null,
  replaced_at double precision not null,
  reason text not null,
  constraint memory_versions_pkey PRIMARY KEY (user_id, memory_id, version),
  constraint memory_versions_reason_check CHECK ((reason = ANY (ARRAY['edited'::text, 'overwritten'::text, 'merged'::text]))),
  constraint memory_versions_user_id_memory_id_fkey FOREIGN KEY (user_id, memory_id) REFERENCES memories(user_id, id) ON DELETE CASCADE
);
alter table memory_versions enable row level security;
alter table memory_versions force row level security;

create table migration_undo (
  version integer not null,
  direction text not null,
  relation text not null,
  row_key text not null,
  before jsonb not null,
  constraint migration_undo_direction_check CHECK ((direction = ANY (ARRAY['up'::text, 'down'::text]))),
  constraint migration_undo_pkey PRIMARY KEY (version, direction, relation, row_key)
);

create table mutations (
  user_id uuid not null,
  mid text not null,
  fingerprint text not null,
  seq bigint not null,
  results jsonb not null,
  answered_at timestamp with time zone default now() not null,
  constraint mutations_pkey PRIMARY KEY (user_id, mid),
  constraint mutations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
alter table mutations enable row level security;
alter table mutations force row level security;

create table operator_actions (
  user_id uuid not null,
  id uuid default gen_random_uuid() not null,
  at timestamp with time zone default clock_timestamp() not null,
  action text not null,
  change jsonb not null,
  reason text,
  constraint operator_actions_pkey PRIMARY KEY (user_id, id),
  constraint operator_actions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table operator_actions enable row level security;
alter table operator_actions force row level security;

create table orbit_rises (
  user_id uuid not null,
  memory_id text not null,
  constraint orbit_rises_pkey PRIMARY KEY (user_id, memory_id),
  constraint orbit_rises_user_id_memory_id_fkey FOREIGN KEY (user_id, memory_id) REFERENCES memories(user_id, id) ON DELETE CASCADE
);
alter table orbit_rises enable row level security;
alter table orbit_rises force row level security;

create table rate_debts (
  user_id uuid not null,
  paid_at_ms double precision not null,
  constraint rate_debts_pkey PRIMARY KEY (user_id)
) with (fillfactor=50);
alter table rate_debts enable row level security;
alter table rate_debts force row level security;

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  breaking boolean not null,
  state text not null,
  steps_done integer default 0 not null,
  changed_at timestamp with time zone default now() not null,
  constraint schema_migrations_pkey PRIMARY KEY (version),
  constraint schema_migrations_state_check CHECK ((state = ANY (ARRAY['applying'::text, 'applied'::text, 'reverting'::text])))
);

create table sessions (
  user_id uuid not null,
  id uuid not null,
  token_hash text not null,
  user_agent text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint sessions_pkey PRIMARY KEY (user_id, id),
  constraint sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table sessions enable row level security;
alter table sessions force row level security;

create table sign_in_requests (
  id uuid not null,
  email text not null,
  code_hash text not null,
  tries integer default 0 not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint sign_in_requests_pkey PRIMARY KEY (id)
);
alter table sign_in_requests enable row level security;
alter table sign_in_requests force row level security;

create table subscription_events (
  id uuid default gen_random_uuid() not null,
  user_id uuid not null,
  provider character varying(20) not null,
  event_type character varying(50) not null,
  tier character varying(20) not null,
  amount_cents integer,
  currency character varying(3) default 'USD'::character varying,
  raw_data jsonb,
  created_at timestamp with time zone default now() not null,
  constraint subscription_events_pkey PRIMARY KEY (user_id, id),
  constraint subscription_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table subscription_events enable row level security;
alter table subscription_events force row level security;

create table subscriptions (
  user_id uuid not null,
  id text not null,
  store_id text not null,
  variant_id text not null,
  status text not null,
  pause_mode text,
  ends_at timestamp with time zone,
  renews_at timestamp with time zone,
  test_mode boolean not null,
  changed_at timestamp with time zone not null,
  invoice_id text,
  invoice_created_at timestamp with time zone,
  invoice_refunded boolean,
  tier character varying(20) not null,
  due_at timestamp with time zone,
  checked_at timestamp with time zone not null,
  created_at timestamp with time zone default now() not null,
  constraint subscriptions_pause_mode_check CHECK ((pause_mode = ANY (ARRAY['free'::text, 'void'::text]))),
  constraint subscriptions_pkey PRIMARY KEY (user_id, id),
  constraint subscriptions_tier_check CHECK (((tier)::text = ANY ((ARRAY['free'::character varying, 'pro'::character varying, 'promax'::character varying])::text[]))),
  constraint subscriptions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table subscriptions enable row level security;
alter table subscriptions force row level security;

create table sync_tickets (
  user_id uuid not null,
  ticket_hash text not null,
  api_key_id uuid,
  session_id uuid,
  origin text not null,
  expires_at timestamp with time zone not null,
  constraint sync_tickets_check CHECK (((api_key_id IS NULL) <> (session_id IS NULL))),
  constraint sync_tickets_pkey PRIMARY KEY (user_id, ticket_hash),
  constraint sync_tickets_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
);
alter table sync_tickets enable row level security;
alter table sync_tickets force row level security;

create table tenant_sync (
  user_id uuid not null,
  epoch text default substr(md5((gen_random_uuid())::text), 1, 8) not null,
  head bigint default 0 not null,
  floor bigint default 0 not null,
  chain text default ''::text not null,
  last_xid xid8,
  last_began timestamp with time zone,
  constraint tenant_sync_pkey PRIMARY KEY (user_id),
  constraint tenant_sync_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
) with (fillfactor=50);
alter table tenant_sync enable row level security;
alter table tenant_sync force row level security;

create table tenant_usage (
  user_id uuid not null,
  zone_0 bigint default 0 not null,
  zone_1 bigint default 0 not null,
  zone_2 bigint default 0 not null,
  zone_3 bigint default 0 not null,
  zone_4 bigint default 0 not null,
  memory_limit bigint,
  next_doc integer default 0 not null,
  version bigint default 0 not null,
  indexed_length bigint default 0 not null,
  index_generation integer default 0 not null,
  agents integer default 0 not null,
  agent_limit integer,
  verified_at timestamp with time zone,
  next_due double precision default 0 not null,
  merges_duplicates boolean default false not null,
  forget_after_days integer,
  forgets_at double precision,
  links_near_duplicates boolean default false not null,
  purges_at double precision,
  purge_version bigint,
  constraint tenant_usage_forget_after_days_check CHECK (((forget_after_days >= 1) AND (forget_after_days <= 3650))),
  constraint tenant_usage_pkey PRIMARY KEY (user_id),
  constraint tenant_usage_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
) with (fillfactor=50);
alter table tenant_usage enable row level security;
alter table tenant_usage force row level security;

create table tombstones (
  user_id uuid not null,
  memory_id text not null,
  forgotten_at timestamp with time zone default now() not null,
  constraint tombstones_pkey PRIMARY KEY (user_id, memory_id)
);
alter table tombstones enable row level security;
alter table tombstones force row level security;

create table usage_warnings (
  user_id uuid not null,
  resource text not null,
  percent integer not null,
  limit_value bigint not null,
  warned_at timestamp with time zone default now() not null,
  mail_due_at timestamp with time zone,
  mail_attempts integer default 0 not null,
  constraint usage_warnings_pkey PRIMARY KEY (user_id, resource, percent, limit_value),
  constraint usage_warnings_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
alter table usage_warnings enable row level security;
alter table usage_warnings force row level security;

create table users (
  id uuid default gen_random_uuid() not null,
  email character varying(255) not null,
  tier character varying(20) default 'free'::character varying not null,
  provider character varying(20),
  provider_customer_id character varying(255),
  provider_subscription_id character varying(255),
  billing_key character varying(255),
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  status text default 'active'::text not null,
  constraint users_email_key UNIQUE (email),
  constraint users_pkey PRIMARY KEY (id),
  constraint users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'closed'::text]))),
  constraint users_tier_check CHECK (((tier)::text = ANY ((ARRAY['free'::character varying, 'pro'::character varying, 'promax'::character varying, 'local'::character varying])::text[])))
);
alter table users enable row level security;
alter table users force row level security;

create table webhook_events (
  body_hash text not null,
  event_name text not null,
  body text,
  received_at timestamp with time zone default now() not null,
  attempts integer default 0 not null,
  applied_at timestamp with time zone,
  outcome text,
  constraint webhook_events_pkey PRIMARY KEY (body_hash)
);
alter table webhook_events enable row level security;
alter table webhook_events force row level security;

CREATE INDEX attempts_ends_at ON public.attempts USING btree (ends_at);

CREATE INDEX checkout_nonces_hash ON public.checkout_nonces USING btree (nonce_hash);

CREATE INDEX device_grants_device_code ON public.device_grants USING btree (device_code_hash);

CREATE INDEX device_grants_expires_at ON public.device_grants USING btree (expires_at);

CREATE INDEX device_requests_expires_at ON public.device_requests USING btree (expires_at);

CREATE INDEX device_requests_user_code ON public.device_requests USING btree (user_code_hash);

CREATE INDEX erasure_receipts_erased_at ON public.erasure_receipts USING btree (erased_at DESC, id);

CREATE INDEX erasures_due_at ON public.erasures USING btree (due_at);

CREATE INDEX forgotten_memories_user_id_forgotten_at ON public.forgotten_memories USING btree (user_id, forgotten_at DESC, memory_id);

CREATE UNIQUE INDEX memories_user_id_doc ON public.memories USING btree (user_id, doc);

CREATE INDEX memories_user_id_idle ON public.memories USING btree (user_id, last_recalled_at) WHERE ((zone = 4) AND (NOT pinned));

CREATE INDEX memories_user_id_moment ON public.memories USING btree (user_id, COALESCE(occurred_at, created_at) DESC, id);

CREATE INDEX memories_user_id_score ON public.memories USING btree (user_id, total_score DESC, id);

CREATE INDEX memories_user_id_zone_leaves_at ON public.memories USING btree (user_id, zone, leaves_at);

CREATE INDEX memory_identities_user_id_content_hash ON public.memory_identities USING btree (user_id, content_hash);

CREATE INDEX memory_links_user_id_other_id ON public.memory_links USING btree (user_id, other_id);

CREATE INDEX memory_sessions_started_at ON public.memory_sessions USING btree (user_id, started_at DESC, id);

CREATE INDEX mutations_user_id_answered_at ON public.mutations USING btree (user_id, answered_at);

CREATE INDEX sessions_token_hash ON public.sessions USING btree (token_hash);

CREATE INDEX sign_in_requests_email ON public.sign_in_requests USING btree (email, created_at);

CREATE INDEX sign_in_requests_expires_at ON public.sign_in_requests USING btree (expires_at);

CREATE INDEX subscriptions_checked_at ON public.subscriptions USING btree (checked_at);

CREATE INDEX subscriptions_due_at ON public.subscriptions USING btree (due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX subscriptions_id ON public.subscriptions USING btree (id);

CREATE INDEX tenant_usage_forgets_at ON public.tenant_usage USING btree (forgets_at, user_id) WHERE (forgets_at IS NOT NULL);

CREATE INDEX tenant_usage_next_due ON public.tenant_usage USING btree (next_due, user_id) WHERE (next_due < ('1000000000000'::numeric)::double precision);

CREATE INDEX tenant_usage_purges_at ON public.tenant_usage USING btree (purges_at, user_id) WHERE (purges_at IS NOT NULL);

CREATE INDEX tombstones_user_id_forgotten_at ON public.tombstones USING btree (user_id, forgotten_at);

CREATE INDEX usage_warnings_mail_due ON public.usage_warnings USING btree (mail_due_at) WHERE (mail_due_at IS NOT NULL);

CREATE INDEX users_email_lower ON public.users USING btree (lower((email)::text));

CREATE INDEX webhook_events_open ON public.webhook_events USING btree (received_at) WHERE (applied_at IS NULL);

create policy system on agent_leases as permissive for all to stellar_system
  using (true);

create policy tenant on agent_leases as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on agents as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on api_keys as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on api_keys as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on attempts as permissive for all to stellar_system
  using (true)
  with check (true);

create policy system on audit_heads as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on audit_heads as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on audit_log as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on audit_log as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on changes as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on checkout_nonces as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on checkout_nonces as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on device_grants as permissive for all to stellar_system
  using (true)
  with check (true);

create policy system on device_requests as permissive for all to stellar_system
  using (true)
  with check (true);

create policy system on erasure_receipts as permissive for all to stellar_system
  using (true)
  with check (true);

create policy system on erasures as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on erasures as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on forgotten_memories as permissive for select to stellar_system
  using (true);

create policy tenant on forgotten_memories as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on idempotency as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on index_blocks as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on index_dead as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on index_recent as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on index_states as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on memories as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on memory_identities as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on memory_links as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on memory_recalls as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on memory_sessions as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on memory_versions as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on mutations as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on operator_actions as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on operator_actions as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on orbit_rises as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on rate_debts as permissive for all to stellar_system
  using (true)
  with check (true);

create policy system on sessions as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on sessions as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on sign_in_requests as permissive for all to stellar_system
  using (true)
  with check (true);

create policy system on subscription_events as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on subscription_events as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on subscriptions as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on subscriptions as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on sync_tickets as permissive for all to stellar_system
  using (true);

create policy tenant on sync_tickets as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on tenant_sync as permissive for select to stellar_system
  using (true);

create policy tenant on tenant_sync as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on tenant_usage as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on tenant_usage as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy tenant on tombstones as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on usage_warnings as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on usage_warnings as permissive for all to stellar_app
  using ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((user_id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on users as permissive for all to stellar_system
  using (true)
  with check (true);

create policy tenant on users as permissive for all to stellar_app
  using ((id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid))
  with check ((id = (NULLIF(current_setting('app.current_user_id'::text, true), ''::text))::uuid));

create policy system on webhook_events as permissive for all to stellar_system
  using (true)
  with check (true);

CREATE TRIGGER record_deleted AFTER DELETE ON public.memories REFERENCING OLD TABLE AS gone FOR EACH STATEMENT WHEN ((current_setting('stellar.migrating'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION record_changes();

CREATE TRIGGER record_inserted AFTER INSERT ON public.memories REFERENCING NEW TABLE AS entered FOR EACH STATEMENT WHEN ((current_setting('stellar.migrating'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION record_changes();

CREATE TRIGGER record_updated AFTER UPDATE ON public.memories REFERENCING NEW TABLE AS entered FOR EACH STATEMENT WHEN ((current_setting('stellar.migrating'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION record_changes();

grant execute on function append_audit to stellar_app;

grant execute on function append_audit to stellar_system;

grant execute on function audit_hash to stellar_app;

grant execute on function audit_hash to stellar_system;

grant execute on function erase_rows to stellar_app;

grant execute on function erase_rows to stellar_system;

grant execute on function feed_page to stellar_app;

grant execute on function move_agent to stellar_app;

grant execute on function orbit_lasting to stellar_app;

grant execute on function orbit_leaves_at to stellar_app;

grant execute on function orbit_score to stellar_app;

grant execute on function orbit_zone to stellar_app;

grant execute on function recalled_memories to stellar_app;

grant execute on function record_change to stellar_app;

grant execute on function record_changes to public;

grant execute on function remember_mutations to stellar_app;

grant execute on function reorbit_due to stellar_app;

grant execute on function settle_orbits to stellar_app;

grant execute on function stellar_schema_state to stellar_app;

grant execute on function stellar_schema_state to stellar_system;

grant execute on function store_counted to stellar_app;

grant execute on function store_memories to stellar_app;

grant execute on function sync_head to stellar_app;

grant execute on function take_lease to stellar_app;

grant usage on schema public to stellar_app;

grant usage on schema public to stellar_system;

grant delete, insert, select, update on table agent_leases to stellar_app;

grant select on table agent_leases to stellar_system;

grant update on table agent_leases (expires_at) to stellar_system;

grant delete, insert, select, update on table agents to stellar_app;

grant insert, select, update on table api_keys to stellar_app;

grant delete, insert, select, update on table api_keys to stellar_system;

grant delete, insert, select, update on table attempts to stellar_system;

grant insert, select, update on table audit_heads to stellar_app;

grant delete, insert, select, update on table audit_heads to stellar_system;

grant insert, select on table audit_log to stellar_app;

grant delete, insert, select on table audit_log to stellar_system;

grant delete, insert, select, update on table changes to stellar_app;

grant insert, select on table checkout_nonces to stellar_app;

grant delete, select on table checkout_nonces to stellar_system;

grant update on table checkout_nonces (subscription_id) to stellar_system;

grant delete, insert, select on table device_grants to stellar_system;

grant delete, insert, select, update on table device_requests to stellar_system;

grant insert, select on table erasure_receipts to stellar_system;

grant select on table erasures to stellar_app;

grant delete, insert, select, update on table erasures to stellar_system;

grant update on table erasures (counts) to stellar_app;

grant delete, insert, select, update on table forgotten_memories to stellar_app;

grant select on table forgotten_memories (forgotten_at) to stellar_system;

grant select on table forgotten_memories (user_id) to stellar_system;

grant delete, insert, select, update on table idempotency to stellar_app;

grant delete, insert, select, update on table index_blocks to stellar_app;

grant delete, insert, select, update on table index_dead to stellar_app;

grant delete, insert, select, update on table index_recent to stellar_app;

grant delete, insert, select, update on table index_states to stellar_app;

grant delete, insert, select, update on table memories to stellar_app;

grant delete, insert, select, update on table memory_identities to stellar_app;

grant delete, insert, select on table memory_links to stellar_app;

grant delete, insert, select, update on table memory_recalls to stellar_app;

grant delete, insert, select, update on table memory_sessions to stellar_app;

grant delete, insert, select on table memory_versions to stellar_app;

grant delete, insert, select, update on table mutations to stellar_app;

grant select on table operator_actions to stellar_app;

grant delete, insert, select on table operator_actions to stellar_system;

grant delete, insert, select on table orbit_rises to stellar_app;

grant delete, insert, select, update on table rate_debts to stellar_system;

grant delete, select on table sessions to stellar_app;

grant delete, insert, select on table sessions to stellar_system;

grant delete, insert, select, update on table sign_in_requests to stellar_system;

grant select on table subscription_events to stellar_app;

grant delete, select on table subscription_events to stellar_system;

grant select on table subscriptions to stellar_app;

grant delete, insert, select, update on table subscriptions to stellar_system;

grant delete, insert, select on table sync_tickets to stellar_app;

grant delete, select on table sync_tickets to stellar_system;

grant delete, insert, select, update on table tenant_sync to stellar_app;

grant select on table tenant_sync (head) to stellar_system;

grant select on table tenant_sync (user_id) to stellar_system;

grant select, update on table tenant_usage to stellar_app;

grant delete, insert, select on table tenant_usage to stellar_system;

grant update on table tenant_usage (agent_limit) to stellar_system;

grant update on table tenant_usage (memory_limit) to stellar_system;

grant delete, insert, select, update on table tombstones to stellar_app;

grant delete, insert, select on table usage_warnings to stellar_app;

grant select on table usage_warnings to stellar_system;

grant update on table usage_warnings (mail_attempts) to stellar_system;

grant update on table usage_warnings (mail_due_at) to stellar_system;

grant select on table users to stellar_app;

grant delete, insert, select, update on table users to stellar_system;

grant delete, insert, select, update on table webhook_events to stellar_system;
