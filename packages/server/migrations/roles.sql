-- The two roles that requests act as. Roles belong to the cluster: several databases share them, so this
-- creates what is missing, repairs what differs and otherwise touches nothing (a repair needs more rights).
do $$
declare
  role_name text;
begin
  foreach role_name in array array['stellar_app', 'stellar_system'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I nologin noinherit nocreatedb nocreaterole', role_name);
    end if;
    if exists (select from pg_roles where rolname = role_name and (rolsuper or rolbypassrls or rolreplication)) then
      execute format('alter role %I nosuperuser nobypassrls noreplication', role_name);
    end if;
    if exists (select from pg_roles where rolname = role_name and (rolinherit or rolcreatedb or rolcreaterole)) then
      execute format('alter role %I noinherit nocreatedb nocreaterole', role_name);
    end if;
  end loop;

  if exists (select from pg_roles where rolname = 'stellar_system' and rolcanlogin) then
    alter role stellar_system nologin;
  end if;

  -- A generic plan of a named statement would forget whose rows are few and whose are many.
  if not exists (select from pg_roles
                  where rolname = 'stellar_app' and 'plan_cache_mode=force_custom_plan' = any (rolconfig)) then
    alter role stellar_app set plan_cache_mode = force_custom_plan;
  end if;

  -- stellar_app may become stellar_system for a transaction, but never has its rights without saying so.
  if current_setting('server_version_num')::integer < 160000 then
    if not exists (select from pg_auth_members
                    where member = 'stellar_app'::regrole and roleid = 'stellar_system'::regrole) then
      grant stellar_system to stellar_app;
    end if;
  elsif not exists (select from pg_auth_members
                     where member = 'stellar_app'::regrole and roleid = 'stellar_system'::regrole
                       and set_option and not inherit_option) then
    execute 'grant stellar_system to stellar_app with inherit false, set true';
  end if;
end $$;
