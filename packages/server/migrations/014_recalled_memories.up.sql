-- Reading what was recalled, as one statement whose plan is kept.

-- step: memories by document number
-- As a statement of the client it was parsed and planned each time, which cost more than running it. With the
-- caller's rights: row security and grants hold as outside. The plan is generic on purpose, which the app role's own
-- setting forbids: one look-up a document whatever the statistics say, and the policies ask for the tenant when the
-- plan runs, not when it is made. Stable, so all of it sees the snapshot of the statement that calls it: nothing is
-- returned when the tenant's index is no longer the one that the documents were ranked in.
create function recalled_memories(owner uuid, docs integer[],
                                  as_of_version bigint default null, as_of_generation bigint default null)
  returns table (id text, doc integer, content text, metadata jsonb, arbitrary_importance double precision,
                 zone integer, total_score double precision, recall_count integer,
                 last_recalled_at double precision, created_at double precision, updated_at double precision,
                 occurred_at double precision, agent_id text, session_id text, speaker text, role text,
                 pinned boolean)
  language plpgsql stable security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = force_generic_plan
as $$
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
end $$;
revoke execute on function recalled_memories from public;
grant execute on function recalled_memories to stellar_app;
