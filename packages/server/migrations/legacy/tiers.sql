-- While v1 may still write: it sells `team`, which is stored as `promax` and remembered for a way back.
create function legacy_rename_tier() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  insert into migration_undo (version, direction, relation, row_key, before)
  values (1, 'up', tg_table_name, new.id::text, '{"tier": "team"}')
  on conflict do nothing;
  new.tier := 'promax';
  return new;
end $$;

create trigger legacy_rename_tier before insert or update on users
  for each row when (new.tier = 'team') execute function legacy_rename_tier();
create trigger legacy_rename_tier before insert or update on subscription_events
  for each row when (new.tier = 'team') execute function legacy_rename_tier();
