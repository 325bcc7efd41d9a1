import { migrateUp } from '../../src/storage/migrate/migrate.js';
import type { OwnerConnection } from '../../src/storage/migrate/owner-connection.js';

/** The server's login on Postgres: a member of the roles, with no right of its own. */
export const appLogin = { name: 'stellar_test_login', password: 'stellar-test' } as const;

/** Brings an empty database to today's schema, the way an operator does. */
export async function migrate(owner: OwnerConnection): Promise<void> {
  await migrateUp(owner, owner.engine === 'postgres' ? { appLogin } : {});
}
