import type { Database, Transaction } from '../database.js';
import { sql } from '../sql.js';

/** What the server's login may do that it must not, and the other way round. */
interface LoginFacts {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypassRls: boolean;
  /** Roles that it could become and for which row security is no wall. */
  readonly powerful: string[];
  /** Tables that it owns, or could become the owner of. */
  readonly owns: string[];
  readonly inheritsSystem: boolean;
  readonly mayBeApp: boolean;
  readonly mayBeSystem: boolean;
}

const readLogin = sql<LoginFacts>`
  select l.rolname::text as name, l.rolsuper as superuser, l.rolbypassrls as "bypassRls",
    array(select r.rolname::text from pg_roles r
           where (r.rolsuper or r.rolbypassrls) and r.oid <> l.oid and pg_has_role(l.oid, r.oid, 'MEMBER')
           order by 1) as powerful,
    array(select c.relname::text from pg_class c
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
             and pg_has_role(l.oid, c.relowner, 'MEMBER')
           order by 1) as owns,
    pg_has_role(l.oid, 'stellar_system', 'USAGE') as "inheritsSystem",
    pg_has_role(l.oid, 'stellar_app', 'MEMBER') as "mayBeApp",
    pg_has_role(l.oid, 'stellar_system', 'MEMBER') as "mayBeSystem"
  from pg_roles l where l.rolname = session_user`;

const readUnsafeRoles = sql<{ name: string }>`
  select rolname::text as name from pg_roles
   where rolname in ('stellar_app', 'stellar_system')
     and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolinherit)
   order by 1`;

const readUnguardedTables = sql<{ name: string }>`
  select c.relname::text as name from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and (c.relname = 'users' or exists (
       select from pg_attribute a
        where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped))
     and not (c.relrowsecurity and c.relforcerowsecurity)
   order by 1`;

/**
 * Whether the database itself keeps tenants apart for this server's login. A server with any problem must not
 * start: isolation would rest on its own statements alone.
 *
 * The embedded engine has one login, its superuser; there the roles and the tables are what counts, because
 * every transaction takes a role first.
 *
 * @returns problems in words, each with what to do; none when all is well.
 */
export async function assertRolesSafe(
  tx: Pick<Transaction, 'query'>,
  engine: Database['engine'],
): Promise<string[]> {
  const [logins, roles, tables] = await Promise.all([
    tx.query(readLogin),
    tx.query(readUnsafeRoles),
    tx.query(readUnguardedTables),
  ]);
  return [
    ...(engine === 'postgres' ? logins.flatMap(loginProblems) : []),
    ...roles.map(
      ({ name }) =>
        `Role ${name} has rights that it must not have. Run as a superuser: alter role ${name} nosuperuser nobypassrls nocreaterole nocreatedb noinherit`,
    ),
    ...tables.map(
      ({ name }) =>
        `Row security of table ${name} is not in force. Run as its owner: alter table ${name} enable row level security, force row level security`,
    ),
  ];
}

function loginProblems(login: LoginFacts): string[] {
  const ownLogin =
    'Give DATABASE_URL a login of its own: stellar-memory migrate up creates the one it names.';
  if (login.superuser || login.bypassRls)
    return [
      `DATABASE_URL connects as ${login.name}, ${login.superuser ? 'a superuser' : 'who bypasses row security'}. ${ownLogin}`,
    ];
  const problems: string[] = [];
  if (login.powerful.length > 0)
    problems.push(
      `Login ${login.name} may become ${login.powerful.join(', ')}, who bypasses row security (roles made in a provider's console often may). ${ownLogin}`,
    );
  if (login.owns.length > 0)
    problems.push(
      `Login ${login.name} owns tables, or may become their owner (${login.owns.join(', ')}). ${ownLogin}`,
    );
  if (login.inheritsSystem)
    problems.push(
      `Login ${login.name} has the rights of stellar_system all the time. Run: alter role ${login.name} noinherit; and on Postgres 16 or newer: grant stellar_app to ${login.name} with inherit false, set true`,
    );
  if (!login.mayBeApp || !login.mayBeSystem)
    problems.push(
      `Login ${login.name} may not become stellar_app and stellar_system. Run: stellar-memory migrate up`,
    );
  return problems;
}
