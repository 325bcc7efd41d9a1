/**
 * Rules of tenancy that the database's own catalogue can be asked for. Each query answers one row for each breach.
 * The model is a linter such as splinter; the rules are those of the design.
 */
export const catalogueRules: Readonly<Record<string, string>> = {
  'every table with user_id has RLS enabled and forced': `
    select c.relname as breach
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
     where c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)`,
  'users has RLS enabled and forced too': `
    select relname as breach from pg_class
     where oid = 'public.users'::regclass and not (relrowsecurity and relforcerowsecurity)`,
  'user_id is a uuid and never null': `
    select c.relname as breach
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
     where c.relkind in ('r', 'p') and (not a.attnotnull or a.atttypid <> 'uuid'::regtype)`,
  'primary keys, unique indexes and foreign keys of tenant tables lead with user_id': `
    select i.indexrelid::regclass::text as breach
      from pg_index i
      join pg_class c on c.oid = i.indrelid
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
     where i.indisunique and i.indkey[0] <> a.attnum
       -- A 256-bit keyed hash cannot be guessed, so its uniqueness tells nobody anything.
       and i.indexrelid::regclass::text <> 'api_keys_key_hash_key'
    union all
    select k.conname
      from pg_constraint k
      join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'user_id' and not a.attisdropped
     where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.conkey[1] <> a.attnum`,
  'every policy for the app role compares user_id and nothing else': `
    select p.polrelid::regclass || '.' || p.polname as breach
      from pg_policy p
     where 'stellar_app'::regrole = any (p.polroles)
       and (pg_get_expr(p.polqual, p.polrelid) !~ '^\\((user_id|id) = \\(?NULLIF\\(current_setting\\(''app.current_user_id''::text, true\\), ''''::text\\)\\)?::uuid\\)$'
            or (p.polcmd <> 'r' and pg_get_expr(p.polwithcheck, p.polrelid) is distinct from pg_get_expr(p.polqual, p.polrelid)))`,
  'no policy is for everybody': `
    select polrelid::regclass || '.' || polname as breach from pg_policy where polroles = '{0}'`,
  'every policy of a tenant table is permissive for one role and there is one a role': `
    select polrelid::regclass::text as breach from pg_policy
     where 'stellar_app'::regrole = any (polroles) group by polrelid having count(*) > 1`,
  'the app and system roles own nothing': `
    select c.relname as breach from pg_class c
     where c.relowner in ('stellar_app'::regrole, 'stellar_system'::regrole)`,
  'the app and system roles are neither superuser nor exempt from RLS nor able to make roles or databases': `
    select rolname as breach from pg_roles
     where rolname in ('stellar_app', 'stellar_system')
       and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolinherit)`,
  'the app and system roles cannot truncate, reference or make triggers': `
    select g.table_name || ' ' || g.grantee || ' ' || g.privilege_type as breach
      from information_schema.role_table_grants g
     where g.grantee in ('stellar_app', 'stellar_system', 'PUBLIC') and g.table_schema = 'public'
       and (g.grantee = 'PUBLIC' or g.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER'))`,
  'the system role has no right to memories or what is made of them': `
    select c.relname as breach from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where c.relkind in ('r', 'p')
       and (c.relname like 'memor%' or c.relname like 'index_%' or c.relname in ('idempotency', 'changes', 'tombstones', 'mutations'))
       and has_any_column_privilege('stellar_system', c.oid, 'select, insert, update')`,
  'partitions carry no grants of their own': `
    select c.relname as breach from pg_class c
     where c.relispartition and c.relkind = 'r'
       and (has_any_column_privilege('stellar_app', c.oid, 'select, insert, update')
            or has_any_column_privilege('stellar_system', c.oid, 'select, insert, update'))`,
  'the app role cannot make objects in the schema': `
    select r as breach from unnest(array['stellar_app', 'stellar_system']) r
     where has_schema_privilege(r, 'public', 'create')`,
  'no function runs with its owner’s rights without a pinned search_path': `
    select p.proname as breach from pg_proc p
      join pg_namespace n on n.oid = p.pronamespace and n.nspname = 'public'
     where p.prosecdef
       and not exists (select 1 from unnest(p.proconfig) s where s like 'search_path=%')`,
  'there are no materialised views, and no view that reads with its owner’s rights': `
    select c.relname as breach from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where c.relkind = 'm'
        or (c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions), false))`,
  'no table that the app role can read is without a policy for it': `
    select c.relname as breach from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
     where c.relkind in ('r', 'p') and has_any_column_privilege('stellar_app', c.oid, 'select')
       and not exists (select 1 from pg_policy p
                        where p.polrelid = c.oid and 'stellar_app'::regrole = any (p.polroles))`,
};
