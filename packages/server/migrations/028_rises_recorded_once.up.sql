-- step: what rises is recorded once
-- Each memory that rose was an update of the log's row, which names all before it: 1,000 took a second of Postgres, three
-- quarters of it for that. The trigger stays silent while they rise, and the log hears of all of them behind it, in the
-- same transaction: what recorded each of them records them together.
create or replace function reorbit_due(owner uuid, orbit double precision[], capacities integer[], moment double precision,
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
end $$;
