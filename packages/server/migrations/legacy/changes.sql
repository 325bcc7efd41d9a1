-- While v1 may still write: what it changes is recorded as well, under its own login.
do $$
begin
  if to_regprocedure('legacy_owner()') is not null then
    create policy legacy_window on tenant_sync to current_user using (true) with check (true);
    create policy legacy_window on changes to current_user using (true) with check (true);
    create policy legacy_window on tombstones to current_user using (true) with check (true);
  end if;
end $$;
