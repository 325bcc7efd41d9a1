import pg from 'pg';
import { DatabaseError } from '../../src/storage/database-error.js';
import type { OwnerConnection } from '../../src/storage/migrate/owner-connection.js';
import { rowTypes } from '../../src/storage/postgres/row-types.js';

/** A direct session of the superuser: what tests prepare and look behind the doors with. */
export async function openPostgresOwner(url: string): Promise<OwnerConnection> {
  const client = new pg.Client({ connectionString: url, types: rowTypes });
  // A lost session also fails the statement under way, which is where it is reported.
  client.on('error', () => undefined);
  await client.connect();
  return {
    engine: 'postgres',
    exec: async (text) => void (await client.query(text).catch(rethrow)),
    query: async <Row>(text: string, values: readonly unknown[] = []) =>
      (await client.query(text, [...values]).catch(rethrow)).rows as Row[],
    close: () => client.end(),
  };
}

function rethrow(error: unknown): never {
  if (error instanceof pg.DatabaseError && error.code !== undefined)
    throw new DatabaseError(error.code, error.constraint, error);
  throw error;
}
