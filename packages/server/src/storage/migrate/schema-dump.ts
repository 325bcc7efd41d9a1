import type { OwnerConnection } from './owner-connection.js';

/**
 * The schema `public` as text: tables with columns, defaults, constraints, row security, policies and triggers;
 * indexes, functions and grants. Only from the catalogue and in a fixed order, so that it needs no pg_dump and
 * reads the same on both engines and every supported version. The owner's name and his own rights are left out.
 */
export async function dumpSchema(connection: OwnerConnection): Promise<string> {
  // Postgres names what the search path hides: without it names would depend on who asks.
  await connection.exec('set search_path = public, pg_temp');
  const blocks: string[] = [];
  for (const section of sections) {
    const rows = await connection.query<{ text: string }>(section);
    blocks.push(...rows.map(({ text }) => text));
  }
  await connection.exec('reset search_path');
  return `${blocks.join('\n\n')}\n`;
}

const inPublic = `relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`;

const functions = `
  select pg_get_functiondef(p.oid) || ';' as text
    from pg_proc p
   where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'
     and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
   order by p.proname, pg_get_function_identity_arguments(p.oid)`;

/** Not-null constraints are left to the column: Postgres 18 also lists them among the constraints. */
const tables = `
  select 'create table ' || c.relname || e' (\\n' || (
      select string_agg(line, e',\\n' order by kind, place) from (
        select 1 as kind, lpad(a.attnum::text, 5, '0') as place,
          '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
          || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
          || case when a.attnotnull then ' not null' else '' end
          || case when a.attstorage <> t.typstorage then ' storage ' || a.attstorage::text else '' end as line
        from pg_attribute a
        join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        union all
        select 2, n.conname, '  constraint ' || n.conname || ' ' || pg_get_constraintdef(n.oid)
        from pg_constraint n
        where n.conrelid = c.oid and n.contype in ('p', 'u', 'f', 'c', 'x')
      ) as lines
    ) || e'\\n)'
    || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '')
    || coalesce(' partition by ' || pg_get_partkeydef(c.oid), '') || ';'
    || case when c.relrowsecurity then e'\\nalter table ' || c.relname || ' enable row level security;' else '' end
    || case when c.relforcerowsecurity then e'\\nalter table ' || c.relname || ' force row level security;' else '' end
    as text
  from pg_class c where ${inPublic}
  order by c.relname`;

const indexes = `
  select pg_get_indexdef(i.indexrelid) || case when i.indisvalid then ';' else '; -- INVALID' end as text
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_class n on n.oid = i.indexrelid
   where c.${inPublic.replace(' and relkind', ' and c.relkind')}
     and not exists (select from pg_constraint p where p.conindid = i.indexrelid and p.contype in ('p', 'u', 'x'))
   order by c.relname, n.relname`;

const policies = `
  select format('create policy %s on %s as %s for %s to %s', policyname, tablename, lower(permissive), lower(cmd),
                case when roles <> '{public}' and not exists (
                       select from unnest(roles) as r (name) where name not in ('stellar_app', 'stellar_system'))
                     then array_to_string(roles, ', ') else 'the owner' end)
         || coalesce(e'\\n  using (' || qual || ')', '')
         || coalesce(e'\\n  with check (' || with_check || ')', '') || ';' as text
    from pg_policies where schemaname = 'public'
   order by tablename, policyname`;

const triggers = `
  select pg_get_triggerdef(t.oid) || ';' as text
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
   where c.${inPublic.replace(' and relkind', ' and c.relkind')} and not t.tgisinternal
   order by c.relname, t.tgname`;

const granteeName = `case g.grantee when 0 then 'public' else pg_get_userbyid(g.grantee) end`;

const grants = `
  with granted as (
    select 'table ' || c.relname as what, c.relowner as owner, g.*
      from pg_class c cross join aclexplode(c.relacl) g where c.${inPublic.replace(' and relkind', ' and c.relkind')}
    union all
    select 'table ' || c.relname || ' (' || a.attname || ')', c.relowner, g.*
      from pg_class c join pg_attribute a on a.attrelid = c.oid cross join aclexplode(a.attacl) g
     where c.${inPublic.replace(' and relkind', ' and c.relkind')}
    union all
    select 'function ' || p.proname, p.proowner, g.*
      from pg_proc p cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
     where p.pronamespace = 'public'::regnamespace
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all
    select 'schema public', n.nspowner, g.*
      from pg_namespace n cross join aclexplode(n.nspacl) g
     where n.nspname = 'public' and pg_get_userbyid(g.grantee) like 'stellar%'
  )
  select format('grant %s on %s to %s;', string_agg(lower(privilege_type), ', ' order by privilege_type), what,
                ${granteeName}) as text
    from granted g where g.grantee <> g.owner
   group by what, g.grantee
   order by what, ${granteeName}`;

const sections = [functions, tables, indexes, policies, triggers, grants];
