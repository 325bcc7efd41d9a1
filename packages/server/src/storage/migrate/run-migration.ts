import { noteBegin, noteEnd, noteStep, type RecordedMigration } from './bookkeeping.js';
import type { Migration } from './migration-files.js';
import type { OwnerConnection } from './owner-connection.js';
import type { Direction, OnProgress } from './progress.js';
import { runStep } from './run-step.js';

/** How migrations run. */
export interface RunOptions {
  readonly connection: OwnerConnection;
  readonly onProgress: OnProgress;
  /**
   * Milliseconds a step waits for a lock before it steps back. While it waits, everybody else waits behind it,
   * so this bounds their stall; and below `deadlock_timeout` (1 s) nobody else is ever the victim of a deadlock.
   */
  readonly lockTimeoutMs: number;
  readonly lockAttempts: number;
}

/** Runs one migration one way, from the step where an earlier run was cut off. */
export async function runMigration(
  migration: Migration,
  direction: Direction,
  recorded: RecordedMigration | undefined,
  options: RunOptions,
): Promise<void> {
  const { connection, onProgress } = options;
  onProgress({ event: 'migration', name: migration.name, direction });
  const underWay = recorded?.state === (direction === 'up' ? 'applying' : 'reverting');
  if (!underWay) await noteBegin(connection, migration, direction);
  const steps = migration[direction];
  for (let at = underWay ? recorded.stepsDone : 0; at < steps.length; at += 1) {
    const last = at === steps.length - 1;
    const note = last
      ? noteEnd(migration.version, direction, steps.length)
      : noteStep(migration.version, at + 1);
    await runStep(steps[at]!, { ...options, name: migration.name, note });
  }
}
