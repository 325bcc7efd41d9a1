import type { Readiness } from '../http/readiness.js';
import { MigrationError } from '../storage/migrate/migration-error.js';
import { assertSchemaCurrent } from '../storage/migrate/schema-check.js';
import type { SystemDoor } from '../storage/system-door.system.js';

/** Ready is a database that answers and has a schema of this release; a migration back takes a node out. */
export const schemaReadiness = (system: SystemDoor): Readiness => ({
  async problems() {
    try {
      await system.asSystem((tx) => assertSchemaCurrent(tx), { readOnly: true });
      return [];
    } catch (error) {
      if (error instanceof MigrationError) return [error.message];
      throw error;
    }
  },
});
