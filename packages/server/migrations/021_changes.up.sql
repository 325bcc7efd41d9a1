-- The change feed: a sequence for each tenant, without gaps and in commit order, of what changed. The log is thin: it
-- names memories and holds nothing of them, so that forgetting leaves nothing to scrub.

-- step: where each tenant's feed stands
-- Its row is locked by every transaction that changes the tenant's memories until that transaction ends: the order of
-- `head` is the order of commits. A bigserial lost 15 of 911 changes, transaction ids were late by whole seconds.
create table tenant_sync (
  user_id uuid primary key references users (id) on delete cascade,
  -- Names this history; a cursor of another one is refused.
  epoch text not null default substr(md5(gen_random_uuid()::text), 1, 8),
  head bigint not null default 0,
  -- Changes up to here are no longer in the log.
  floor bigint not null default 0,
  -- Of the change at `head`.
  chain text not null default '',
  -- The transaction that made it. Both, because transaction ids start again when a dump is restored elsewhere.
  last_xid xid8,
  last_began timestamptz
) with (fillfactor = 50);

grant select, insert, update, delete on tenant_sync to stellar_app;
grant select (user_id, head) on tenant_sync to stellar_system;
create policy tenant on tenant_sync to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on tenant_sync for select to stellar_system using (true);
alter table tenant_sync enable row level security, force row level security;

-- step: the log, one row a transaction
create table changes (
  user_id uuid not null,
  seq bigint not null,
  -- Of the chain before, the number and the time: a database that was set back and went on has another one here.
  chain text not null,
  at timestamptz not null,
  -- Ids of memories that were stored or edited, and of those that were forgotten.
  stored text[] not null,
  forgotten text[] not null,
  -- Id of the mutation that made it, where a client sent one.
  mutation text,
  primary key (user_id, seq)
);

grant select, insert, update, delete on changes to stellar_app;
create policy tenant on changes to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table changes enable row level security, force row level security;

-- step: what was forgotten
-- Longer than the log: an edit that was made offline is told that its memory is gone.
create table tombstones (
  user_id uuid not null,
  memory_id text not null,
  forgotten_at timestamptz not null default now(),
  primary key (user_id, memory_id)
);
create index tombstones_user_id_forgotten_at on tombstones (user_id, forgotten_at);

grant select, insert, update, delete on tombstones to stellar_app;
create policy tenant on tombstones to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table tombstones enable row level security, force row level security;

-- step: v1 is heard too, while it may still write
-- Before anything is recorded: a write of v1's must never meet a table that is closed to it.
-- include: legacy/changes.sql

-- step: every way of changing memories is recorded
-- With the caller's rights: row security and grants hold as outside. Plans are generic on purpose, as in store_memories.
create function record_change(owner uuid, new_stored text[], new_forgotten text[]) returns void
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
revoke execute on function record_change from public;
grant execute on function record_change to stellar_app;

create function record_changes() returns trigger language plpgsql set search_path = public, pg_temp as $$
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

create trigger record_inserted after insert on memories referencing new table as entered
  for each statement when (current_setting('stellar.migrating', true) is distinct from 'on')
  execute function record_changes();
create trigger record_updated after update on memories referencing new table as entered
  for each statement when (current_setting('stellar.migrating', true) is distinct from 'on')
  execute function record_changes();
create trigger record_deleted after delete on memories referencing old table as gone
  for each statement when (current_setting('stellar.migrating', true) is distinct from 'on')
  execute function record_changes();
