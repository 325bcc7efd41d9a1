-- Keys that are narrower than their account: bound to an agent, made by another key, replaced by a successor.

-- step: what a key knows besides
alter table api_keys
  add column agent_id text,
  add column parent_id uuid,
  add column replaced_by uuid,
  add constraint api_keys_parent_fkey foreign key (user_id, parent_id) references api_keys (user_id, id),
  add constraint api_keys_replaced_by_fkey foreign key (user_id, replaced_by) references api_keys (user_id, id);

-- Without the force the owner of the tables sees every key.
alter table api_keys no force row level security;
with kept as (
  delete from migration_undo where version = 8 and direction = 'down' and relation = 'api_keys'
  returning row_key, before
)
update api_keys
   set agent_id = kept.before ->> 'agent_id',
       parent_id = (kept.before ->> 'parent_id')::uuid,
       replaced_by = (kept.before ->> 'replaced_by')::uuid,
       is_active = (kept.before ->> 'is_active')::boolean
  from kept where api_keys.id = kept.row_key::uuid;
alter table api_keys force row level security;
