import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrateUp } from '../../packages/server/src/storage/migrate/migrate.js';
import { connectPostgresOwner } from '../../packages/server/src/storage/migrate/postgres-owner.js';

/** A fresh database with the app login, as an operator would give it to the server. */
export interface BenchDatabase {
  /** As the superuser of the bench, to its own database. */
  readonly ownerUrl: string;
  /** As `stellar_app`. */
  readonly appUrl: string;
  drop(): Promise<void>;
}

const appPassword = 'bench';

/** Makes a database on that Postgres; the server fills it at its first start. */
export const createDatabase = (superuserUrl: string): Promise<BenchDatabase> =>
  openDatabase(superuserUrl, `stellar_bench_${randomBytes(4).toString('hex')}`);

/** A database of that name with today's schema, made when it is not there. */
export async function keptDatabase(superuserUrl: string, name: string): Promise<BenchDatabase> {
  const database = await openDatabase(superuserUrl, name);
  const owner = await connectPostgresOwner(database.ownerUrl);
  await migrateUp(owner, { appLogin: { name: 'stellar_app', password: appPassword } });
  await owner.close();
  return database;
}

async function openDatabase(superuserUrl: string, name: string): Promise<BenchDatabase> {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(name)) throw new Error(`${name} is no name of a database`);
  const found = await asSuperuser(
    superuserUrl,
    `select from pg_database where datname = '${name}'`,
  );
  if (found === 0) await asSuperuser(superuserUrl, `create database ${name}`);
  const owner = new URL(superuserUrl);
  owner.pathname = `/${name}`;
  const app = new URL(owner);
  app.username = 'stellar_app';
  app.password = appPassword;
  return {
    ownerUrl: owner.href,
    appUrl: app.href,
    drop: async () => {
      await asSuperuser(superuserUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Answers how many rows there were. */
async function asSuperuser(url: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rowCount } = await client.query(statement);
  await client.end();
  return rowCount ?? 0;
}

/** One statement as the superuser of the bench. */
export async function asOwner<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}
