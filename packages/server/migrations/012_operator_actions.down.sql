-- step: what was done is kept for a later way up
alter table operator_actions no force row level security;
insert into migration_undo (version, direction, relation, row_key, before)
select 12, 'down', 'operator_actions', id::text, to_jsonb(operator_actions) from operator_actions
on conflict (version, direction, relation, row_key) do update set before = excluded.before;
drop table operator_actions;
