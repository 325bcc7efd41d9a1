-- Whoever writes a memory has its change recorded before the column goes, or by the function that does without it.
lock table memories in share row exclusive mode;

create or replace function record_change(owner uuid, new_stored text[], new_forgotten text[]) returns void
  language plpgsql security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = auto
as $$
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
      insert into changes (user_id, seq, chain, at, stored, forgotten, mutation)
      values (owner, place.head, place.chain, this_at,
              case when place.floor = place.head then '{}' else new_stored end,
              case when place.floor = place.head then '{}' else new_forgotten end,
              nullif(current_setting('app.mutation', true), ''));
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
end $$;

create or replace function record_changes() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  found record;
begin
  if tg_op = 'DELETE' then
    for found in select g.user_id, array_agg(g.id) as ids from gone g group by g.user_id order by g.user_id loop
      perform record_change(found.user_id, '{}', found.ids);
    end loop;
  else
    for found in select e.user_id, array_agg(e.id) as ids from entered e group by e.user_id order by e.user_id loop
      perform record_change(found.user_id, found.ids, '{}');
    end loop;
  end if;
  return null;
end $$;
alter table changes drop column if exists made_by;
drop function if exists sync_head;
