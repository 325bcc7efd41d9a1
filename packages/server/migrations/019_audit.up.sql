-- What happened to an account, and who did it: a chain of hashes for each tenant, so that a row that was changed or
-- taken away later is found. Never what memories say, never a secret.

-- step: the audit log
create table audit_log (
  user_id uuid not null references users (id),
  -- From 1, without gaps.
  seq bigint not null,
  at timestamptz not null,
  action text not null,
  -- `owner`, `key:<id>`, `operator` or `system`.
  actor text not null,
  detail jsonb not null,
  -- Of the row before; zeros for the first.
  previous text not null,
  hash text not null,
  primary key (user_id, seq)
);

-- Where each chain ends: without it the last rows could go unnoticed. Its lock puts appends of one tenant in order.
create table audit_heads (
  user_id uuid not null primary key references users (id),
  seq bigint not null,
  hash text not null
) with (fillfactor = 50);

-- Nobody changes what was written; only the erasure of the account, which is the system's, takes it away.
grant select, insert on audit_log to stellar_app;
grant select, insert, delete on audit_log to stellar_system;
grant select, insert, update on audit_heads to stellar_app;
grant select, insert, update, delete on audit_heads to stellar_system;
create policy tenant on audit_log to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on audit_log to stellar_system using (true) with check (true);
create policy tenant on audit_heads to stellar_app
  using (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid)
  with check (user_id = nullif(current_setting('app.current_user_id', true), '')::uuid);
create policy system on audit_heads to stellar_system using (true) with check (true);
alter table audit_log enable row level security, force row level security;
alter table audit_heads enable row level security, force row level security;

-- What a row's hash is made of. jsonb prints alike on every version, and a moment as UTC to the microsecond.
create function audit_hash(previous text, owner uuid, seq bigint, at timestamptz, action text, actor text, detail jsonb)
returns text
language sql stable
set search_path = public, pg_temp
as $function$
  select encode(sha256(convert_to(jsonb_build_array(previous, owner, seq,
    to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), action, actor, detail)::text, 'UTF8')), 'hex')
$function$;

-- Appends to a tenant's chain. The head's lock is the last that a transaction takes: whoever holds it waits for nobody.
create function append_audit(owner uuid, happened text, who text, what jsonb)
returns bigint
language plpgsql
set search_path = public, pg_temp
as $function$
declare
  head audit_heads;
  moment timestamptz;
  next_hash text;
begin
  insert into audit_heads (user_id, seq, hash) values (owner, 0, repeat('0', 64)) on conflict (user_id) do nothing;
  select * into head from audit_heads h where h.user_id = owner for update;
  moment := clock_timestamp();
  next_hash := audit_hash(head.hash, owner, head.seq + 1, moment, happened, who, what);
  insert into audit_log (user_id, seq, at, action, actor, detail, previous, hash)
  values (owner, head.seq + 1, moment, happened, who, what, head.hash, next_hash);
  update audit_heads h set seq = head.seq + 1, hash = next_hash where h.user_id = owner;
  return head.seq + 1;
end $function$;

revoke execute on function audit_hash, append_audit from public;
grant execute on function audit_hash, append_audit to stellar_app, stellar_system;

-- step: what operators did before
do $$
declare
  done record;
begin
  alter table operator_actions no force row level security;
  alter table audit_log no force row level security;
  alter table audit_heads no force row level security;
  for done in select * from operator_actions order by user_id, at, id loop
    perform append_audit(done.user_id, done.action, 'operator',
      jsonb_build_object('change', done.change, 'reason', done.reason, 'at', done.at));
  end loop;
  alter table audit_log force row level security;
  alter table audit_heads force row level security;
  alter table operator_actions force row level security;
end $$;
