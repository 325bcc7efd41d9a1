-- While v1 may still write: the accounts that it makes get their counter row, and a tier that it sells its limit.
create policy legacy_window on tenant_usage to current_user using (true) with check (true);

create function legacy_memory_limit(tier text) returns bigint language sql immutable
  as $$ select case tier when 'free' then 1000 when 'pro' then 50000 when 'promax' then 500000 end $$;

create function legacy_account() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into tenant_usage (user_id, memory_limit)
  values (new.id, public.legacy_memory_limit(new.tier))
  on conflict (user_id) do update set memory_limit = excluded.memory_limit;
  return null;
end $$;

create trigger legacy_account after insert or update of tier on users
  for each row when (current_user not in ('stellar_app', 'stellar_system'))
  execute function legacy_account();
