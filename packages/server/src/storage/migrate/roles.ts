import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MigrationError, sqlStateOf } from './migration-error.js';
import { migrationsFolder } from './migration-files.js';
import type { OwnerConnection } from './owner-connection.js';

/** The login of DATABASE_URL: what a server connects as. */
export interface AppLogin {
  readonly name: string;
  readonly password?: string;
}

/** Makes and repairs the roles that requests act as, and the app's login if it is missing. */
export async function ensureRoles(connection: OwnerConnection, appLogin?: AppLogin): Promise<void> {
  const roles = await readFile(join(migrationsFolder, 'roles.sql'), 'utf8');
  await untilRolesRest(() => connection.exec(roles));
  if (appLogin !== undefined) await untilRolesRest(() => ensureAppLogin(connection, appLogin));
}

async function ensureAppLogin(connection: OwnerConnection, login: AppLogin): Promise<void> {
  if (!/^[\w.@-]{1,63}$/.test(login.name))
    throw new MigrationError('The user in DATABASE_URL may hold letters, digits and _ . @ - only.');
  const [role] = await connection.query<{ canLogin: boolean; isUs: boolean }>(
    `select rolcanlogin as "canLogin", rolname = session_user as "isUs" from pg_roles where rolname = $1`,
    [login.name],
  );
  if (role?.isUs === true)
    throw new MigrationError(
      'DATABASE_URL has the login that owns the tables, for which row security is no wall. ' +
        'Give it a login of its own, for example stellar_app with a new password; migrate up creates it.',
    );
  if (role?.canLogin !== true) await connection.exec(loginStatement(login, role !== undefined));
  if (login.name !== 'stellar_app') await connection.exec(membershipStatement(login.name));
}

function loginStatement({ name, password }: AppLogin, exists: boolean): string {
  const verb = exists ? 'alter role' : 'create role';
  const secret = password === undefined ? '' : ` password '${scramVerifier(password)}'`;
  return `${verb} "${name}" login noinherit${secret}`;
}

const membershipStatement = (name: string): string => `
  do $$
  declare
    modern constant boolean := current_setting('server_version_num')::integer >= 160000;
  begin
    if not pg_has_role('${name}', 'stellar_app', case when modern then 'SET' else 'MEMBER' end) then
      execute format('grant stellar_app to %I', '${name}')
        || case when modern then ' with inherit false, set true' else '' end;
    end if;
    if not exists (select from pg_roles
                    where rolname = '${name}' and 'plan_cache_mode=force_custom_plan' = any (rolconfig)) then
      alter role "${name}" set plan_cache_mode = force_custom_plan;
    end if;
  end $$`;

/**
 * What Postgres stores of a password (RFC 5803), so that the password itself is in no statement and no server log.
 * Other than printable ASCII would need SASLprep, on which drivers disagree.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  if (!/^[\x20-\x7e]+$/.test(password))
    throw new MigrationError(
      'The password in DATABASE_URL has characters beyond printable ASCII: create its login yourself.',
    );
  const iterations = 4096;
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const key = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(key('Client Key')).digest('base64');
  const serverKey = key('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** Roles belong to the cluster: migrators of its other databases may be making the same ones right now. */
async function untilRolesRest(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!raceStates.has(sqlStateOf(error) ?? '') || attempt === 20) throw error;
      await pause(Math.random() * 20 * attempt);
    }
  }
}

/** unique_violation, duplicate_object, undefined_object, and internal_error ("tuple concurrently updated"). */
const raceStates: ReadonlySet<string> = new Set(['23505', '42710', '42704', 'XX000']);
