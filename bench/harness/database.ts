import { randomBytes } from 'node:crypto';
import pg from 'pg';

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
export async function createDatabase(superuserUrl: string): Promise<BenchDatabase> {
  const name = `stellar_bench_${randomBytes(4).toString('hex')}`;
  await asSuperuser(superuserUrl, `create database ${name}`);
  const owner = new URL(superuserUrl);
  owner.pathname = `/${name}`;
  const app = new URL(owner);
  app.username = 'stellar_app';
  app.password = appPassword;
  return {
    ownerUrl: owner.href,
    appUrl: app.href,
    drop: () => asSuperuser(superuserUrl, `drop database if exists ${name} with (force)`),
  };
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
