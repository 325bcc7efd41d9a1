import type { Transaction } from '../database.js';
import { DatabaseError } from '../database-error.js';
import { sql } from '../sql.js';
import { MigrationError } from './migration-error.js';
import { loadMigrations, type Migration } from './migration-files.js';

/** An applied migration, as a server may see it. */
interface AppliedMigration {
  readonly version: number;
  readonly breaking: boolean;
}

/**
 * Refuses a database that this release cannot serve. Runs as either role, in a transaction of its own.
 *
 * @throws MigrationError that says what to do.
 */
export async function assertSchemaCurrent(tx: Pick<Transaction, 'query'>): Promise<void> {
  const problem = schemaProblem(await loadMigrations(), await readApplied(tx));
  if (problem !== undefined) throw new MigrationError(problem);
}

async function readApplied(tx: Pick<Transaction, 'query'>): Promise<AppliedMigration[]> {
  try {
    return await tx.query(
      sql<AppliedMigration>`select version, breaking from stellar_schema_state()`,
    );
  } catch (error) {
    // undefined_function: nothing was ever migrated here
    if (error instanceof DatabaseError && error.sqlState === '42883') return [];
    throw error;
  }
}

/**
 * Why this release cannot serve such a schema. What waits for the end of the legacy window need not be there;
 * what a newer release added does no harm unless it says that it breaks older ones.
 */
export function schemaProblem(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): string | undefined {
  const there = new Set(applied.map(({ version }) => version));
  const missing = migrations.find((one) => !one.afterLegacyWindow && !there.has(one.version));
  if (missing !== undefined)
    return `The database lacks migration ${missing.name}. Run: stellar-memory migrate up`;
  const newer = applied.find(({ version, breaking }) => breaking && version >= migrations.length);
  if (newer !== undefined)
    return `Migration ${newer.version} of a newer release ended the service of this one. Start the newer release.`;
  return undefined;
}
