import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from './migration-error.js';
import { type Migration, migrationsFolder } from './migration-files.js';
import type { OwnerConnection } from './owner-connection.js';
import type { Direction } from './progress.js';

/** A migration as the database remembers it. */
export interface RecordedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
  readonly state: 'applying' | 'applied' | 'reverting';
  readonly stepsDone: number;
  readonly changedAt: string;
}

/** That a v1 database was adopted, and by whom. */
export interface Adoption {
  readonly legacyOwner: string;
  readonly windowOpen: boolean;
}

/** What the database says about itself before anything is done to it. */
export interface DatabaseState {
  readonly recorded: ReadonlyMap<number, RecordedMigration>;
  readonly adoption: Adoption | undefined;
}

/** Reads the state without changing anything; an untouched database has none. */
export async function readState(connection: OwnerConnection): Promise<DatabaseState> {
  const [found] = await connection.query<{ there: boolean }>(
    `select to_regclass('public.schema_migrations') is not null
        and to_regclass('public.legacy_adoption') is not null as there`,
  );
  if (found?.there !== true) return { recorded: new Map(), adoption: undefined };
  const recorded = await connection.query<RecordedMigration>(
    `select version, name, checksum, state, steps_done as "stepsDone", changed_at::text as "changedAt"
       from public.schema_migrations order by version`,
  );
  const [adoption] = await connection.query<Adoption>(
    `select legacy_owner::text as "legacyOwner", window_ended_at is null as "windowOpen"
       from public.legacy_adoption`,
  );
  return { recorded: new Map(recorded.map((one) => [one.version, one])), adoption };
}

/** Creates or updates the tables in which migrations remember themselves. */
export async function ensureBookkeeping(connection: OwnerConnection): Promise<void> {
  await connection.exec(await readFile(join(migrationsFolder, 'bookkeeping.sql'), 'utf8'));
}

/** Refuses a database that a newer release has migrated, and files that changed after they were applied. */
export function assertSameHistory(migrations: readonly Migration[], state: DatabaseState): void {
  for (const recorded of state.recorded.values()) {
    const known = migrations[recorded.version];
    if (known === undefined)
      throw new MigrationError(
        `The database has migration ${recorded.name}, which this release does not know. Use the newer release.`,
      );
    if (known.checksum !== recorded.checksum)
      throw new MigrationError(
        `Migration ${recorded.name} was changed after it was applied here. Restore the file; change the schema in a new migration.`,
      );
  }
}

/**
 * The statement that notes how many steps of a migration are done in this direction; it runs in the transaction
 * of the last of them. The values are of our own files: a name and a checksum of known characters.
 */
export function noteSteps(migration: Migration, direction: Direction, done: number): string {
  const { version, name, checksum, breaking } = migration;
  const ended = done === migration[direction].length;
  if (ended && direction === 'down')
    return `delete from schema_migrations where version = ${version}`;
  const state = direction === 'down' ? 'reverting' : ended ? 'applied' : 'applying';
  return `insert into schema_migrations (version, name, checksum, breaking, state, steps_done)
    values (${version}, '${name}', '${checksum}', ${breaking}, '${state}', ${done})
    on conflict (version) do update
      set state = excluded.state, steps_done = excluded.steps_done, changed_at = now()`;
}
