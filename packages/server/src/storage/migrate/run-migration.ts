import { noteSteps, type RecordedMigration } from './bookkeeping.js';
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

/**
 * Runs one migration one way, from the step where an earlier run was cut off. A first step that is a transaction
 * takes the note of the beginning along, so that one that is refused leaves no trace.
 */
export async function runMigration(
  migration: Migration,
  direction: Direction,
  recorded: RecordedMigration | undefined,
  options: RunOptions,
): Promise<void> {
  const { connection, onProgress } = options;
  onProgress({ event: 'migration', name: migration.name, direction });
  const steps = migration[direction];
  const underWay = recorded?.state === (direction === 'up' ? 'applying' : 'reverting');
  if (!underWay && steps[0]?.kind !== 'transaction')
    await connection.exec(noteSteps(migration, direction, 0));
  for (let done = underWay ? recorded.stepsDone : 0; done < steps.length; done += 1) {
    const note = noteSteps(migration, direction, done + 1);
    await runStep(steps[done]!, { ...options, name: migration.name, note });
  }
}
