import { findLegacyData, hasRows, type LegacyData } from './adoption.js';
import { assertSameHistory, type DatabaseState, readState } from './bookkeeping.js';
import { loadMigrations, type Migration } from './migration-files.js';
import type { OwnerConnection } from './owner-connection.js';
import { pendingMigrations } from './pending.js';

/** A migration and where it stands. */
export interface MigrationStatus {
  readonly version: number;
  readonly name: string;
  /**
   * - `applied`, `pending`: as they say.
   * - `unfinished`: cut off; the next `migrate up` or `down` goes on from where it stopped.
   * - `waiting`: for the operator to say that v1 is switched off.
   * - `unknown`: applied by a newer release.
   */
  readonly state: 'applied' | 'pending' | 'unfinished' | 'waiting' | 'unknown';
  /** When the state last changed, as the database writes it. */
  readonly changedAt: string | undefined;
}

/** Whose v1's memories became, and whether v1 may still write. */
export interface LegacyStatus {
  readonly legacyOwner: string;
  readonly windowOpen: boolean;
}

/** Where a database stands. Changes nothing and waits for nobody. */
export async function migrationStatus(
  connection: OwnerConnection,
): Promise<{ migrations: MigrationStatus[]; legacy: LegacyStatus | undefined }> {
  const migrations = await loadMigrations();
  const state = await readState(connection);
  const waiting = new Set(pendingMigrations(migrations, state, {}).waiting);
  const known = migrations.map((one) => statusOf(one, state, waiting.has(one)));
  const unknown = [...state.recorded.values()]
    .filter(({ version }) => migrations[version] === undefined)
    .map(({ version, name, changedAt }) => ({
      version,
      name,
      changedAt,
      state: 'unknown' as const,
    }));
  return { migrations: [...known, ...unknown], legacy: state.adoption };
}

function statusOf(migration: Migration, state: DatabaseState, waits: boolean): MigrationStatus {
  const { version, name } = migration;
  const recorded = state.recorded.get(version);
  if (recorded === undefined)
    return { version, name, state: waits ? 'waiting' : 'pending', changedAt: undefined };
  const applied = recorded.state === 'applied';
  return {
    version,
    name,
    state: applied ? 'applied' : 'unfinished',
    changedAt: recorded.changedAt,
  };
}

/** What `migrateUp` would do. */
export interface MigrationPlan {
  /** Migrations that would run, each with the titles of its steps. */
  readonly migrations: readonly { readonly name: string; readonly steps: readonly string[] }[];
  /** Names of those that would wait for the end of the legacy window. */
  readonly waiting: readonly string[];
  /** Rows of each v1 table that would be adopted; empty when there is nothing to adopt. */
  readonly legacyRows: Readonly<Record<string, number>>;
  /** Whether `legacyOwner` has to be given. */
  readonly needsLegacyOwner: boolean;
  /** What stands in the way, in words. */
  readonly problems: readonly string[];
}

/** Says what `migrateUp` would do. Changes nothing and waits for nobody. */
export async function migrationPlan(
  connection: OwnerConnection,
  options: { readonly to?: number; readonly endLegacy?: boolean } = {},
): Promise<MigrationPlan> {
  const migrations = await loadMigrations();
  const state = await readState(connection);
  assertSameHistory(migrations, state);
  const begun = state.recorded.has(1);
  const legacy: LegacyData = begun
    ? { rows: new Map(), problems: [] }
    : await findLegacyData(connection);
  const adopts = state.adoption !== undefined || hasRows(legacy);
  const adoption = state.adoption ?? (adopts ? { legacyOwner: '', windowOpen: true } : undefined);
  const { ready, waiting } = pendingMigrations(migrations, { ...state, adoption }, options);
  return {
    migrations: ready.map(({ name, up }) => ({ name, steps: up.map(({ title }) => title) })),
    waiting: waiting.map(({ name }) => name),
    legacyRows: adopts ? Object.fromEntries(legacy.rows) : {},
    needsLegacyOwner: adopts && state.adoption === undefined,
    problems: legacy.problems,
  };
}
