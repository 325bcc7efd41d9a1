import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { OwnerConnection } from '../../../src/storage/migrate/owner-connection.js';
import { connectPostgresOwner } from '../../../src/storage/migrate/postgres-owner.js';
import { ensureRoles } from '../../../src/storage/migrate/roles.js';
import { postgresUrl, urlFor } from '../../support/postgres-server.js';

/** Who owns a v1 database: Docker images make a superuser of him, hosted databases do not. */
export type OwnerKind = 'superuser' | 'plain owner';

/** An empty database of the test's own. */
export interface ScratchDatabase {
  /** Of its owner: what v1 and migrations connect with. */
  readonly url: string;
  /** Of a superuser, to look behind row security. */
  readonly adminUrl: string;
  /** A session of the owner; closed with the database. */
  connect(): Promise<OwnerConnection>;
  drop(): Promise<void>;
}

let roles: Promise<void> | undefined;

/** The cluster's roles, by somebody who stays: Postgres drops no role that granted a membership. */
async function makeRoles(url: string): Promise<void> {
  const superuser = await connectPostgresOwner(url);
  await ensureRoles(superuser);
  await superuser.close();
}

/** Makes an empty database that belongs to such an owner. */
export async function scratchDatabase(kind: OwnerKind = 'superuser'): Promise<ScratchDatabase> {
  const server = await postgresUrl();
  roles ??= makeRoles(server);
  await roles;
  const name = `migrate_${randomBytes(6).toString('hex')}`;
  await asAdmin(server, async (admin) => {
    if (kind === 'plain owner')
      await admin.query(`create role ${name} login createrole password 'plain'`);
    await admin.query(`create database ${name} ${kind === 'plain owner' ? `owner ${name}` : ''}`);
  });
  const login = kind === 'plain owner' ? { name, password: 'plain' } : undefined;
  const url = urlFor(server, name, login);
  const open: OwnerConnection[] = [];
  return {
    url,
    adminUrl: urlFor(server, name),
    async connect() {
      const connection = await connectPostgresOwner(url);
      open.push(connection);
      return connection;
    },
    async drop() {
      await Promise.all(open.map((connection) => connection.close()));
      await asAdmin(server, async (admin) => {
        await admin.query(`drop database ${name} with (force)`);
        if (kind === 'plain owner') await admin.query(`drop role ${name}`);
      });
    },
  };
}

/** Runs `work` on a session of this URL. */
export async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
