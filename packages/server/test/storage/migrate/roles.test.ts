import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPostgres } from '../../../../../scripts/postgres/find-postgres.mjs';
import { startPostgres } from '../../../../../scripts/postgres.mjs';
import { migrateUp } from '../../../src/storage/migrate/migrate.js';
import { loadMigrations } from '../../../src/storage/migrate/migration-files.js';
import { connectPostgresOwner } from '../../../src/storage/migrate/postgres-owner.js';
import { type AppLogin, ensureRoles, scramVerifier } from '../../../src/storage/migrate/roles.js';
import { assertRolesSafe } from '../../../src/storage/migrate/roles-check.js';
import { assertSchemaCurrent } from '../../../src/storage/migrate/schema-check.js';
import { openPostgresDatabase } from '../../../src/storage/postgres/postgres-database.js';
import { createSystemDoor } from '../../../src/storage/system-door.system.js';
import { hasPostgres, urlFor } from '../../support/postgres-server.js';
import { verifies } from '../../support/verifies.js';
import { asAdmin } from './scratch-database.js';

/** Grants of roles differ between 15 and 16, so both sides are tried where they are installed. */
const versions = [15, 16, 17, 18].filter((version) => hasPostgres() && findPostgres({ version }));

describe.each(versions)('the roles of a cluster of Postgres %i', (version) => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres({ version, fsync: false });
    // No superuser after this: owner of a hosted kind, and another database with another owner.
    await sql(`create role boss login createrole password 'boss';
      create role other login createrole password 'other'`);
    await sql('create database mine owner boss');
    await sql('create database theirs owner other');
  });
  afterAll(() => server.stop());

  const sql = (text: string, database = 'postgres') =>
    asAdmin(
      urlFor(server.url, database),
      async (admin) => (await admin.query<Record<string, unknown>>(text)).rows,
    );

  const migrate = async (database: string, user: string, appLogin?: AppLogin) => {
    const owner = await connectPostgresOwner(
      urlFor(server.url, database, { name: user, password: user }),
    );
    try {
      return await migrateUp(owner, appLogin === undefined ? {} : { appLogin });
    } finally {
      await owner.close();
    }
  };

  const problemsOf = async (name: string, password: string): Promise<string[]> => {
    const database = openPostgresDatabase({ url: urlFor(server.url, 'mine', { name, password }) });
    try {
      return await createSystemDoor(database).asSystem(async (tx) => {
        await assertSchemaCurrent(tx);
        return assertRolesSafe(tx, 'postgres');
      });
    } finally {
      await database.close();
    }
  };

  test('are made by an owner who is no superuser, with a login that is safe', async () => {
    verifies('NFR-rls');
    await migrate('mine', 'boss', { name: 'stellar_app', password: "p'a$s\\ w" });
    expect(await problemsOf('stellar_app', "p'a$s\\ w")).toEqual([]);
    expect(await sql(rolesOfOurs)).toEqual([
      {
        name: 'stellar_app',
        login: true,
        rights: false,
        config: ['plan_cache_mode=force_custom_plan'],
      },
      { name: 'stellar_system', login: false, rights: false, config: null },
    ]);
  });

  test('keep the password they have', async () => {
    await migrate('mine', 'boss', { name: 'stellar_app', password: 'another' });
    expect(await problemsOf('stellar_app', "p'a$s\\ w")).toEqual([]);
  });

  test('serve a login of any name, which gets nothing but membership', async () => {
    await migrate('mine', 'boss', { name: 'web-1', password: 'web' });
    expect(await problemsOf('web-1', 'web')).toEqual([]);
    await expect(migrate('mine', 'boss', { name: 'we"b' })).rejects.toThrow(/letters, digits/);
  });

  test('serve the database of another owner as they are', async () => {
    expect((await migrate('theirs', 'other')).done).not.toEqual([]);
  });

  test('are refused as a login when it is the owner’s own', async () => {
    await expect(migrate('mine', 'boss', { name: 'boss' })).rejects.toThrow(/login of its own/);
  });

  test('lose rights that somebody gave them', async () => {
    await sql('alter role stellar_app createdb inherit; alter role stellar_system login bypassrls');
    await asSuperuser(async (owner) => ensureRoles(owner));
    expect(await sql(rolesOfOurs)).toMatchObject([
      { rights: false },
      { login: false, rights: false },
    ]);
  });

  const asSuperuser = async <T>(
    work: (owner: Awaited<ReturnType<typeof connectPostgresOwner>>) => Promise<T>,
  ) => {
    const owner = await connectPostgresOwner(server.url);
    try {
      return await work(owner);
    } finally {
      await owner.close();
    }
  };

  test('are told apart from logins that row security does not bind', async () => {
    verifies('NFR-rls');
    await sql(`create role bypass login bypassrls noinherit password 'x'; grant stellar_app to bypass;
      create role console login noinherit password 'x'; grant stellar_app, bypass to console;
      create role heir login inherit password 'x'; grant stellar_app, stellar_system to heir`);
    const password = new URL(server.url).password;
    expect(await problemsOf('postgres', password)).toEqual([expect.stringMatching(/a superuser/)]);
    expect(await problemsOf('bypass', 'x')).toEqual([
      expect.stringMatching(/bypasses row security/),
    ]);
    expect(await problemsOf('console', 'x')).toEqual([expect.stringMatching(/may become bypass/)]);
    expect(await problemsOf('heir', 'x')).toEqual([
      expect.stringMatching(/rights of stellar_system all the time/),
    ]);
    await sql('grant stellar_app to boss');
    // Since 16 a role that made others administers them, but may not become them: `app` says what to do.
    if (version < 16)
      expect(await problemsOf('boss', 'boss')).toEqual([
        expect.stringMatching(/owns tables.*memories/),
      ]);
    else await expect(problemsOf('boss', 'boss')).rejects.toMatchObject({ sqlState: '42501' });
  });

  test('are told apart from tables that row security does not guard', async () => {
    verifies('NFR-rls');
    await sql(
      'alter table users no force row level security; create table stray (user_id uuid)',
      'mine',
    );
    expect(await problemsOf('web-1', 'web')).toEqual([
      expect.stringMatching(/table stray is not in force/),
      expect.stringMatching(/table users is not in force/),
    ]);
    await sql('alter table users force row level security; drop table stray', 'mine');
  });

  test('are made once when many databases of one cluster are migrated at once', async () => {
    const all = (await loadMigrations()).length;
    const names = Array.from({ length: 8 }, (_, n) => `fleet_${n}`);
    for (const name of names) await sql(`create database ${name} owner boss`);
    await sql('drop database mine with (force)');
    await sql('drop database theirs with (force)');
    await sql('drop owned by stellar_app; drop role heir, console, "web-1"');
    await sql('drop role bypass');
    await sql('drop role stellar_app');
    await sql('drop role stellar_system');
    const runs = names.map((name) => migrate(name, 'boss', { name: 'fleet', password: 'f' }));
    expect((await Promise.all(runs)).map(({ done }) => done.length)).toEqual(names.map(() => all));
  });
});

test('a password beyond printable ASCII is left to the operator', () => {
  expect(() => scramVerifier('비밀')).toThrow(/printable ASCII/);
});

const rolesOfOurs = `
  select rolname as name, rolcanlogin as login, rolconfig as config,
         rolsuper or rolbypassrls or rolinherit or rolcreatedb or rolcreaterole or rolreplication as rights
    from pg_roles where rolname in ('stellar_app', 'stellar_system') order by 1`;
