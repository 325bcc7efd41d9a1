import pg from 'pg';
import { inject } from 'vitest';
import { openPostgresDatabase } from '../../src/storage/postgres/postgres-database.js';
import type { OpenOptions, TestStorage } from './engines.js';
import { appLogin, migrate } from './engines-schema.js';
import { openPostgresOwner } from './postgres-owner.js';
import { postgresUrl, urlFor } from './postgres-server.js';

let template: Promise<string> | undefined;
let opened = 0;

/** A new database, copied from the run's migrated template. */
export async function openPostgres({ poolSize, waitMs }: OpenOptions): Promise<TestStorage> {
  const adminUrl = await postgresUrl();
  template ??= ensureTemplate(adminUrl);
  const source = await template;
  opened += 1;
  const name = `stellar_test_${inject('runId')}_${process.pid}_${opened}`;
  await asAdmin(adminUrl, (admin) => admin.query(`create database ${name} template ${source}`));
  const appUrl = urlFor(adminUrl, name, appLogin);
  const owner = await openPostgresOwner(urlFor(adminUrl, name));
  return {
    database: openPostgresDatabase({
      url: appUrl,
      waitMs: waitMs ?? 20_000,
      ...(poolSize === undefined ? {} : { poolSize }),
    }),
    owner,
    appUrl,
    rawQuery: (texts) => inOneSession(appUrl, texts),
    async discard() {
      await owner.close();
      await asAdmin(adminUrl, (admin) => admin.query(`drop database ${name} with (force)`));
    },
  };
}

async function inOneSession(url: string, texts: readonly string[]): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const rows: unknown[][] = [];
    for (const text of texts) rows.push((await client.query(text)).rows as unknown[]);
    return rows;
  } finally {
    await client.end();
  }
}

/** Makes the template once a run, whichever process comes first. */
async function ensureTemplate(adminUrl: string): Promise<string> {
  const name = `stellar_test_${inject('runId')}_template`;
  await asAdmin(adminUrl, async (admin) => {
    // The roles belong to the cluster, so runs on one server wait for each other too.
    await admin.query(`select pg_advisory_lock(hashtext('stellar_test_template'))`);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    await admin.query(`create database ${name}`);
    const owner = await openPostgresOwner(urlFor(adminUrl, name));
    try {
      await migrate(owner);
    } finally {
      await owner.close();
    }
  });
  return name;
}

async function asAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
