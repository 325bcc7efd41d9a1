-- Nothing is lost: agents are counted from memories again on the next way up.

-- step: storing counts memories only
drop function if exists move_agent;
-- include: functions/store_memories.sql
drop function if exists store_counted;

-- step: no counters of agents
-- The right goes first: Postgres 15 keeps it for the dropped column.
do $$
begin
  if exists (select from pg_attribute
              where attrelid = 'tenant_usage'::regclass and attname = 'agent_limit' and not attisdropped) then
    revoke update (agent_limit) on tenant_usage from stellar_system;
  end if;
end $$;
alter table tenant_usage
  drop column if exists verified_at, drop column if exists agent_limit, drop column if exists agents;

-- step: no warnings, no agents
drop table if exists usage_warnings;
drop table if exists agents;
