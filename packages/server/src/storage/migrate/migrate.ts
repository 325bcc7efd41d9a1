import { type AdoptionPlan, findAccount, planAdoption, recordAdoption } from './adoption.js';
import {
  assertSameHistory,
  type DatabaseState,
  ensureBookkeeping,
  readState,
} from './bookkeeping.js';
import { MigrationError } from './migration-error.js';
import { loadMigrations, type Migration } from './migration-files.js';
import { withMigratorLock } from './migrator-lock.js';
import { becomeTableOwner, withPreparedSession } from './migrator-session.js';
import { assertOneOwner } from './one-owner.js';
import type { OwnerConnection } from './owner-connection.js';
import { pendingMigrations } from './pending.js';
import type { OnProgress } from './progress.js';
import { type AppLogin, ensureRoles } from './roles.js';
import { type RunOptions, runMigration } from './run-migration.js';
import { dropVectors } from './vectors.js';

/** What both ways share. */
export interface MigrateOptions {
  readonly onProgress?: OnProgress;
  /** Milliseconds to wait for another migrator to end. Default 10 minutes. */
  readonly waitMs?: number;
  /** See `RunOptions.lockTimeoutMs`. Default 500. */
  readonly lockTimeoutMs?: number;
  /** Folder of the SQL files; tests give their own. */
  readonly folder?: string;
}

/** What `migrateUp` takes. */
export interface MigrateUpOptions extends MigrateOptions {
  /** Highest version to apply. Default all. */
  readonly to?: number;
  /** E-mail or id of the account that gets v1's memories; needed once, where v1 left rows. */
  readonly legacyOwner?: string;
  /** v1 is switched off for good: take away what let it write. */
  readonly endLegacy?: boolean;
  /** Login of DATABASE_URL, created when it is missing. */
  readonly appLogin?: AppLogin;
}

/** What was done. */
export interface MigrateResult {
  /** Names of the migrations that ran, in their order. */
  readonly done: readonly string[];
  /** Names of those that wait for `endLegacy`. */
  readonly waiting: readonly string[];
}

/**
 * Brings a database to today's schema: a fresh one, one of v1 or one of an earlier release.
 * Safe to run from many nodes at once and to run again after it was cut off.
 *
 * @throws MigrationError with words for the operator.
 */
export async function migrateUp(
  connection: OwnerConnection,
  options: MigrateUpOptions = {},
): Promise<MigrateResult> {
  const migrations = await loadMigrations(options.folder);
  return underLock(connection, options, async () => {
    const state = await readState(connection);
    assertSameHistory(migrations, state);
    const adoption = await planUnlessBegun(connection, state, options.legacyOwner);
    await ensureRoles(connection, options.appLogin);
    await becomeTableOwner(connection);
    await ensureBookkeeping(connection);
    if (adoption !== undefined) await recordAdoption(connection, adoption);
    await finishReverting(migrations, state, runOptions(connection, options));
    return applyPending(connection, migrations, options);
  });
}

async function applyPending(
  connection: OwnerConnection,
  migrations: readonly Migration[],
  options: MigrateUpOptions,
): Promise<MigrateResult> {
  const state = await readState(connection);
  const { ready, waiting } = pendingMigrations(migrations, state, options);
  for (const migration of ready)
    await runMigration(
      migration,
      'up',
      state.recorded.get(migration.version),
      runOptions(connection, options),
    );
  for (const { name } of waiting)
    options.onProgress?.({ event: 'waiting-for-end-of-legacy', name });
  return { done: ready.map(({ name }) => name), waiting: waiting.map(({ name }) => name) };
}

/** Vectors refer to memories by keys that this migration completes. */
const vectorsNeed = 7;

/** What `migrateDown` takes. */
export interface MigrateDownOptions extends MigrateOptions {
  /** Highest version to keep: 0 is v1's schema, −1 nothing at all. */
  readonly to: number;
}

/**
 * Takes migrations back, newest first. Rows stay; what an older schema has no column for is kept aside.
 *
 * @throws MigrationError with words for the operator.
 */
export async function migrateDown(
  connection: OwnerConnection,
  options: MigrateDownOptions,
): Promise<MigrateResult> {
  const migrations = await loadMigrations(options.folder);
  return underLock(connection, options, async () => {
    const state = await readState(connection);
    assertSameHistory(migrations, state);
    await becomeTableOwner(connection);
    if (options.to < vectorsNeed) await dropVectors(connection);
    const doomed = migrations
      .filter(({ version }) => version > options.to && state.recorded.has(version))
      .reverse();
    await assertOneOwner(doomed, runOptions(connection, options));
    for (const migration of doomed)
      await runMigration(
        migration,
        'down',
        state.recorded.get(migration.version),
        runOptions(connection, options),
      );
    return { done: doomed.map(({ name }) => name), waiting: [] };
  });
}

async function underLock<T>(
  connection: OwnerConnection,
  options: MigrateOptions,
  work: () => Promise<T>,
): Promise<T> {
  const { waitMs = 600_000, onProgress = () => undefined } = options;
  return withPreparedSession(connection, () =>
    withMigratorLock(connection, waitMs, onProgress, work),
  );
}

const runOptions = (connection: OwnerConnection, options: MigrateOptions): RunOptions => ({
  connection,
  onProgress: options.onProgress ?? (() => undefined),
  lockTimeoutMs: options.lockTimeoutMs ?? 500,
  lockAttempts: 60,
});

/** v1's rows need an owner before anything is touched; later their owner is known and stays. */
async function planUnlessBegun(
  connection: OwnerConnection,
  state: DatabaseState,
  legacyOwner: string | undefined,
): Promise<AdoptionPlan | undefined> {
  if (!state.recorded.has(1)) {
    if (state.adoption !== undefined && legacyOwner === undefined) return undefined;
    return planAdoption(connection, legacyOwner);
  }
  if (legacyOwner !== undefined && state.adoption?.windowOpen === true) {
    const named = await findAccount(connection, legacyOwner);
    if (named !== state.adoption.legacyOwner)
      throw new MigrationError(
        `v1's memories belong to ${state.adoption.legacyOwner} since the migration began. To give them to another, go down to 0 first.`,
      );
  }
  return undefined;
}

/** A way back that was cut off is finished before going up again: each way can only go on from its own steps. */
async function finishReverting(
  migrations: readonly Migration[],
  state: DatabaseState,
  options: RunOptions,
): Promise<void> {
  for (const recorded of [...state.recorded.values()].reverse())
    if (recorded.state === 'reverting')
      await runMigration(migrations[recorded.version]!, 'down', recorded, options);
}
