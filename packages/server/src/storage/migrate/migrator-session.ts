import { isSessionLost, MigrationError } from './migration-error.js';
import type { OwnerConnection } from './owner-connection.js';
import { legacyTables } from './v1-schema.js';

/**
 * Runs `work` with the settings that migrations need: the one schema, no deadline and no isolation level that an
 * operator's role may carry, no compiling (0.7 s a batch on Postgres 15), and the mark by which v1's triggers know
 * that it is not v1 that writes. Puts them back afterwards: the embedded engine has this session for requests too.
 */
export async function withPreparedSession<T>(
  connection: OwnerConnection,
  work: () => Promise<T>,
): Promise<T> {
  await connection.exec(prepare);
  try {
    const result = await work();
    await connection.exec(reset);
    return result;
  } catch (error) {
    if (!isSessionLost(error)) await connection.exec(reset);
    throw error;
  }
}

const prepare = `
  set search_path = public, pg_temp; set statement_timeout = 0; set lock_timeout = 0;
  set idle_in_transaction_session_timeout = 0; set client_min_messages = warning;
  set default_transaction_isolation = 'read committed'; set jit = off; set stellar.migrating = 'on'`;

const reset = `
  reset role; reset search_path; reset statement_timeout; reset lock_timeout;
  reset idle_in_transaction_session_timeout; reset client_min_messages;
  reset default_transaction_isolation; reset jit; reset stellar.migrating`;

/**
 * Goes on as the owner of the tables, if that is somebody else: what migrations add must belong to the one
 * whom v1 connects as, and row security names him.
 */
export async function becomeTableOwner(connection: OwnerConnection): Promise<void> {
  const owners = await connection.query<{ name: string; isUs: boolean; mayBe: boolean }>(
    `select distinct r.rolname as name, r.rolname = current_user as "isUs",
            pg_has_role(r.oid, 'MEMBER') as "mayBe"
       from pg_class c join pg_roles r on r.oid = c.relowner
      where c.relnamespace = 'public'::regnamespace and c.relname = any($1)`,
    [[...legacyTables, 'schema_migrations']],
  );
  const [owner, ...others] = owners;
  if (others.length > 0)
    throw new MigrationError(
      `The tables have several owners (${owners.map(({ name }) => name).join(', ')}). Give them all to one with: alter table … owner to …`,
    );
  if (owner !== undefined && !owner.isUs) {
    if (!owner.mayBe)
      throw new MigrationError(
        `The tables belong to ${owner.name}: migrate with a DATABASE_DIRECT_URL of ${owner.name}.`,
      );
    await connection.exec(`set role "${owner.name.replaceAll('"', '""')}"`);
  }
  await assertMayCreate(connection);
}

async function assertMayCreate(connection: OwnerConnection): Promise<void> {
  const [row] = await connection.query<{ allowed: boolean; name: string }>(
    `select has_schema_privilege('public', 'CREATE') as allowed, current_user::text as name`,
  );
  if (row?.allowed !== true)
    throw new MigrationError(
      `${row?.name} may not create tables. As a superuser: grant create on schema public to ${row?.name}`,
    );
}
