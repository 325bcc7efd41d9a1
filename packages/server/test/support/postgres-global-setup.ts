import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { findPostgres } from '../../../../scripts/postgres/find-postgres.mjs';
import { startPostgres } from '../../../../scripts/postgres.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Names this run: its databases carry it, so that runs share a server and each cleans up its own. */
    runId: string;
    /** File that holds the superuser URL once the server is up; empty without Postgres. */
    postgresUrlFile: string;
  }
}

/**
 * Once a run: a Postgres for the suites that ask for one. TEST_PG_URL, else a throw-away server from local
 * binaries; it starts while the first tests run (1.3 s), and only `open()` waits for it.
 * Without either, the Postgres suites show as skipped; TEST_ENGINES=embedded leaves them out on purpose.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runId = randomBytes(4).toString('hex');
  project.provide('runId', runId);
  const external = process.env['TEST_PG_URL'];
  const wanted = process.env['TEST_ENGINES'] !== 'embedded';
  if (!wanted || (external === undefined && findPostgres() === undefined)) {
    project.provide('postgresUrlFile', '');
    return async () => undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'stellar-run-'));
  const file = join(folder, 'postgres-url');
  project.provide('postgresUrlFile', file);
  const server = external === undefined ? startPostgres() : { url: external, stop: undefined };
  const started = announce(file, server);
  return async () => {
    await started;
    const { url, stop } = await server;
    await (stop === undefined ? dropDatabases(url, runId) : stop());
    await rm(folder, { recursive: true });
  };
}

/** Says where the server is, or why it did not start; renamed into place, so that nobody reads half of it. */
async function announce(file: string, server: Promise<{ url: string }> | { url: string }) {
  const text = await Promise.resolve(server).then(
    ({ url }) => url,
    (error: unknown) => `error: ${String(error)}`,
  );
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** What tests of this run left on a server that goes on. */
async function dropDatabases(url: string, runId: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname like 'stellar\\_test\\_${runId}\\_%'`,
    );
    for (const { datname } of rows) await client.query(`drop database ${datname} with (force)`);
  } finally {
    await client.end();
  }
}
