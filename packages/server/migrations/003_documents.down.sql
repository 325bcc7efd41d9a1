-- step online: no index by time
drop index concurrently if exists memories_user_id_moment;

-- step online: no unique document numbers
drop index concurrently if exists memories_user_id_doc;

-- step online: no index of the rows without a number
drop index concurrently if exists memories_undocumented;

-- step: rows may be half filled again
alter table memories
  drop constraint if exists memories_complete,
  drop constraint if exists memories_zone_check,
  drop constraint if exists memories_metadata_check,
  alter column doc drop not null,
  alter column updated_at drop not null,
  alter column zone drop not null,
  alter column metadata drop not null,
  alter column recall_count drop not null,
  alter column arbitrary_importance drop not null,
  alter column total_score drop not null;

-- step: v1 writes unseen
drop function if exists legacy_lock_tenant() cascade;
drop function if exists legacy_complete_memory() cascade;
drop function if exists legacy_count_memories() cascade;
drop function if exists legacy_zone(integer);
drop function if exists legacy_metadata(jsonb);

-- step batches: rows get back what they held, if nobody changed it since
with undone as (
  delete from migration_undo
   where ctid = any (array(
     select ctid from migration_undo
      where version = 3 and direction = 'up' and relation = 'memories'
      order by row_key limit $1))
  returning row_key, before
), was as (
  select row_key,
         (before ->> 'zone')::integer as zone,
         (before ->> 'metadata')::jsonb as metadata,
         before -> 'recall_count' = 'null' as no_count,
         before -> 'arbitrary_importance' = 'null' as no_importance,
         before -> 'total_score' = 'null' as no_score
    from undone
), written as (
  update memories m
     set zone = case
           when m.zone = 4 and (was.zone between 0 and 4) is not true then was.zone else m.zone end,
         metadata = case
           when m.metadata = '{}' and (was.metadata is null or was.metadata = 'null') then was.metadata
           when m.metadata = jsonb_build_object('value', was.metadata) and jsonb_typeof(was.metadata) <> 'object'
             then was.metadata
           else m.metadata end,
         recall_count = case when was.no_count then nullif(m.recall_count, 0) else m.recall_count end,
         arbitrary_importance = case
           when was.no_importance then nullif(m.arbitrary_importance, 0.5) else m.arbitrary_importance end,
         total_score = case when was.no_score then nullif(m.total_score, 0) else m.total_score end
    from was
   where m.id = was.row_key
)
select count(*)::integer as done from undone;

-- step: what v1 has no column for is kept for a later way up
insert into migration_undo (version, direction, relation, row_key, before)
select 3, 'down', 'memories', id, jsonb_build_object(
         'agent_id', agent_id, 'session_id', session_id, 'speaker', speaker, 'role', role,
         'occurred_at', occurred_at, 'pinned', pinned, 'updated_at', updated_at)
  from memories
 where agent_id is not null or session_id is not null or speaker is not null or role is not null
    or occurred_at is not null or pinned or updated_at <> created_at
on conflict (version, direction, relation, row_key) do update set before = excluded.before;
update legacy_adoption
   set documented = default, documented_created_at = default, documented_id = default;
alter table memories
  drop column doc, drop column agent_id, drop column session_id, drop column speaker, drop column role,
  drop column occurred_at, drop column pinned, drop column updated_at;
