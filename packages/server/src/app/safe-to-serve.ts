import { StartRefused } from '../config/start-refused.js';
import type { Database } from '../storage/database.js';
import { assertRolesSafe } from '../storage/migrate/roles-check.js';
import { assertSchemaCurrent } from '../storage/migrate/schema-check.js';
import { createSystemDoor } from '../storage/system-door.system.js';

/**
 * Errors: `StartRefused` when the database itself does not keep tenants apart, `MigrationError` when its schema
 * is not one that this release serves. The schema comes first: without it the roles' rights say nothing.
 */
export async function assertSafeToServe(database: Database): Promise<void> {
  const system = createSystemDoor(database);
  await system.asSystem((tx) => assertSchemaCurrent(tx), { readOnly: true });
  const problems = await system.asSystem((tx) => assertRolesSafe(tx, database.engine), {
    readOnly: true,
  });
  if (problems.length > 0) throw new StartRefused(problems);
}
