-- Mutations of one tenant share a transaction, whose commit travels with its last statement.

-- step: remembering answers, if the group came to what was planned
create function remember_mutations(owner uuid, answers jsonb, memories_after bigint, agents_after integer) returns bigint
  language plpgsql security invoker
  set search_path = public, pg_temp
  set plan_cache_mode = auto
as $$
declare
  place bigint;
begin
  -- What the clients are told was worked out before anything was written. Should the rows have come to anything else,
  -- nothing of it may be committed.
  if not exists (
      select from tenant_usage u
       where u.user_id = owner and u.agents = agents_after
         and u.zone_0 + u.zone_1 + u.zone_2 + u.zone_3 + u.zone_4 = memories_after) then
    raise exception 'a group of mutations came to something else than its plan';
  end if;
  -- Of the change that this transaction made, or of the one before when it changed nothing.
  select s.head into place from tenant_sync s where s.user_id = owner;
  place := coalesce(place, 0);
  insert into mutations (user_id, mid, fingerprint, seq, results)
  select owner, i.mid, i.fingerprint, place, i.results
    from jsonb_to_recordset(answers) as i (mid text, fingerprint text, results jsonb);
  return place;
end $$;
revoke execute on function remember_mutations from public;
grant execute on function remember_mutations to stellar_app;
