-- Agents are counted like memories: exactly, in the transaction that changes them.

-- step: the agents of a tenant, and how many memories each has
-- A row goes when its last memory does, so the number of rows is the number of agents. Narrow and half empty, as the
-- counter row is: what is updated stays on its page.
create table agents (
  user_id uuid not null references users (id),
  agent_id text not null,
  memories bigint not null,
  primary key (user_id, agent_id)
) with (fillfactor = 50);

grant select, insert, update, delete on agents to stellar_app;
create policy tenant on agents to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table agents enable row level security, force row level security;

-- step: warnings that were given, once for each limit
create table usage_warnings (
  user_id uuid not null references users (id),
  resource text not null,
  percent integer not null,
  limit_value bigint not null,
  warned_at timestamptz not null default now(),
  primary key (user_id, resource, percent, limit_value)
);

grant select, insert, delete on usage_warnings to stellar_app;
create policy tenant on usage_warnings to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
alter table usage_warnings enable row level security, force row level security;

-- step: a memory leaves an agent or goes over to another
-- The caller holds the lock of the counter row. False when the tenant has no room for another agent.
create function move_agent(owner uuid, leaves text, enters text) returns boolean
  language plpgsql security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = auto
as $$
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
end $$;
revoke execute on function move_agent from public;
grant execute on function move_agent to stellar_app;

-- step: storing counts agents, and says what is in use afterwards
-- One step: no writer may come between the count and the function that goes on counting.
-- In the order in which writers take their locks, or each of them holds what this waits for and waits for what this
-- holds: v1's rows are counted by a trigger, after they are written; today's server counts before it writes.
do $$ begin
  if exists (select from legacy_adoption where window_ended_at is null) then
    lock table memories, tenant_usage, users in share row exclusive mode;
  else
    lock table tenant_usage, memories, users in share row exclusive mode;
  end if;
end $$;
alter table tenant_usage
  add column agents integer not null default 0,
  add column agent_limit integer,
  add column verified_at timestamptz;
grant update (agent_limit) on tenant_usage to stellar_system;

-- Takes over from store_memories, whose comments hold here too. Memories that name no agent cost nothing more.
-- include: functions/store_counted.sql
revoke execute on function store_counted from public;
grant execute on function store_counted to stellar_app;

-- Nodes of the release before go on calling this one while they are replaced.
create or replace function store_memories(owner uuid, items jsonb, entries bytea[], zones integer[]) returns integer
  language plpgsql security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = auto
as $$
begin
  return (select first_doc from store_counted(owner, items, entries, zones));
end $$;

-- Without the force the owner of the tables sees every row.
alter table tenant_usage no force row level security;
alter table memories no force row level security;
alter table users no force row level security;
alter table agents no force row level security;
insert into agents (user_id, agent_id, memories)
select user_id, agent_id, count(*) from memories where agent_id is not null group by user_id, agent_id;
update tenant_usage u
   set agents = (select count(*) from agents a where a.user_id = u.user_id),
       agent_limit = case users.tier when 'free' then 1 when 'pro' then 5 end
  from users where users.id = u.user_id;
alter table tenant_usage force row level security;
alter table memories force row level security;
alter table users force row level security;
alter table agents force row level security;
