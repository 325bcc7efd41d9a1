-- Leaves a v1 database as it was found: adopted tables stay, tables that 000 added go, if they are empty.
do $$
declare
  relation text;
  adopted text[] := coalesce((select tables from legacy_adoption), '{}');
  filled boolean;
begin
  foreach relation in array array['memories', 'subscription_events', 'api_keys', 'users'] loop
    continue when relation = any (adopted) or to_regclass('public.' || relation) is null;
    execute format('select exists (select from %I)', relation) into filled;
    if filled then
      raise exception 'Table % holds rows: going below 000 would delete them.', relation
        using hint = 'Stop at --to 0, or drop the database yourself.';
    end if;
    execute format('drop table %I', relation);
  end loop;
end $$;
