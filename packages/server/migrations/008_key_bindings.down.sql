-- step: what older releases have no column for is kept for a later way up
alter table api_keys no force row level security;
insert into migration_undo (version, direction, relation, row_key, before)
select 8, 'down', 'api_keys', id::text,
       jsonb_build_object('agent_id', agent_id, 'parent_id', parent_id, 'replaced_by', replaced_by,
         'is_active', is_active)
  from api_keys
 where agent_id is not null or parent_id is not null or replaced_by is not null
on conflict (version, direction, relation, row_key) do update set before = excluded.before;
-- An older release would let a bound key act as every agent.
update api_keys set is_active = false where agent_id is not null;
alter table api_keys force row level security;
alter table api_keys drop column replaced_by, drop column parent_id, drop column agent_id;
