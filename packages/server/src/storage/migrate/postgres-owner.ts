import pg from 'pg';
import { DatabaseError } from '../database-error.js';
import type { SqlValue } from '../sql.js';
import type { OwnerConnection } from './owner-connection.js';

/** How migrations show up in `pg_stat_activity`. */
export const migratorName = 'stellar-memory migrate';

/**
 * Opens the owner's session of a Postgres database.
 *
 * @param url DATABASE_DIRECT_URL: a direct connection, since a transaction-mode pooler has no sessions.
 */
export async function connectPostgresOwner(url: string): Promise<OwnerConnection> {
  const client = new pg.Client({ connectionString: url, application_name: migratorName });
  // A lost session also fails the statement under way, which is where it is reported.
  client.on('error', () => undefined);
  await run(() => client.connect());
  return {
    engine: 'postgres',
    exec: async (text) => {
      await run(() => client.query(text));
    },
    query: async <Row>(text: string, values: readonly SqlValue[] = []) =>
      (await run(() => client.query(text, [...values]))).rows as Row[],
    close: () => client.end(),
  };
}

async function run<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code !== undefined)
      throw new DatabaseError(error.code, error.constraint, error);
    throw new DatabaseError('08006', undefined, error);
  }
}
