-- Live sockets: which agents are connected, on all nodes together, and the tickets that let browsers in.

-- step: leases of agents
create table agent_leases (
  user_id uuid not null references users (id) on delete cascade,
  agent_id text not null,
  -- The connection that holds it. A newer one of the same agent takes it over.
  session uuid not null,
  -- Renewed while the connection lives: those of a node that died run out.
  expires_at timestamptz not null,
  primary key (user_id, agent_id)
) with (fillfactor = 50);

grant select, insert, update, delete on agent_leases to stellar_app;
grant select, update (expires_at) on agent_leases to stellar_system;
create policy tenant on agent_leases to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on agent_leases to stellar_system using (true);
alter table agent_leases enable row level security, force row level security;

-- step: taking a lease, counted under the tenant's lock
create function take_lease(owner uuid, agent text, holder uuid, seconds integer, most integer,
    out granted boolean, out fenced boolean, out connected text[])
  language plpgsql security invoker
  set search_path = public, pg_temp
as $$
begin
  -- Racing agents, on whatever nodes, come one after the other: never one too many.
  perform from tenant_usage u where u.user_id = owner for update;
  delete from agent_leases l where l.user_id = owner and l.expires_at < clock_timestamp();
  granted := most is null
    or (select count(*) < most from agent_leases l where l.user_id = owner and l.agent_id <> agent);
  fenced := exists (select from agent_leases l where l.user_id = owner and l.agent_id = agent);
  if granted then
    insert into agent_leases (user_id, agent_id, session, expires_at)
    values (owner, agent, holder, clock_timestamp() + make_interval(secs => seconds))
    on conflict (user_id, agent_id) do update set session = excluded.session, expires_at = excluded.expires_at;
  end if;
  -- As many as fit into a frame.
  connected := array(select l.agent_id from agent_leases l where l.user_id = owner order by l.agent_id limit 100);
end $$;
revoke execute on function take_lease from public;
grant execute on function take_lease to stellar_app;

-- step: tickets
create table sync_tickets (
  user_id uuid not null references users (id) on delete cascade,
  ticket_hash text not null,
  -- Of whoever asked for it: a key or a browser's session.
  api_key_id uuid,
  session_id uuid,
  origin text not null,
  expires_at timestamptz not null,
  primary key (user_id, ticket_hash),
  check ((api_key_id is null) <> (session_id is null))
);

grant select, insert, delete on sync_tickets to stellar_app;
grant select, delete on sync_tickets to stellar_system;
create policy tenant on sync_tickets to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on sync_tickets to stellar_system using (true);
alter table sync_tickets enable row level security, force row level security;
