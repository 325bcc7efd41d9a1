-- While v1 may still write: what it stores belongs to the legacy owner, and nobody else stores anything,
-- because a v1 that bypasses row security (a superuser, a role made in Neon's console) would show it to all.
-- Its login sees the accounts it has always managed and the legacy owner's memories.
-- Literals instead of legacy_owner(): a check runs for every row, a policy for every row read.
do $$
begin
  execute format('alter table memories alter column user_id set default %L::uuid', legacy_owner());
  execute format(
    'alter table memories add constraint memories_legacy_window check (user_id = %L::uuid) not valid',
    legacy_owner());
  execute format(
    'create policy legacy_window on memories to current_user
       using (user_id = %1$L::uuid) with check (user_id = %1$L::uuid)',
    legacy_owner());
end $$;
create policy legacy_window on subscription_events to current_user using (true) with check (true);
create policy legacy_window on api_keys to current_user using (true) with check (true);
create policy legacy_window on users to current_user using (true) with check (true);
