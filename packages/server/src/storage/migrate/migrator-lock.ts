import { setTimeout as pause } from 'node:timers/promises';
import { isSessionLost, MigrationError } from './migration-error.js';
import type { OwnerConnection } from './owner-connection.js';
import type { OnProgress } from './progress.js';

/** Any number that nobody else uses in this database: the bytes of "stellar1". */
const lockKey = '8319104478030621745';

const pollMs = 100;

/**
 * Runs `work` while no other session migrates this database.
 *
 * The lock is polled: a session that waits inside a statement holds a snapshot, which
 * `create index concurrently` of the session that has the lock would wait for, and both for ever.
 */
export async function withMigratorLock<T>(
  connection: OwnerConnection,
  waitMs: number,
  onProgress: OnProgress,
  work: () => Promise<T>,
): Promise<T> {
  for (let waited = 0; !(await tryLock(connection)); waited += pollMs) {
    if (waited === 0) onProgress({ event: 'waiting-for-another-migrator' });
    if (waited >= waitMs)
      throw new MigrationError(
        `Another migrator has been at work for ${Math.round(waitMs / 1000)} s. Wait until it ends, then run this again.`,
      );
    await pause(pollMs);
  }
  try {
    return await work();
  } finally {
    await unlock(connection);
  }
}

async function tryLock(connection: OwnerConnection): Promise<boolean> {
  const [row] = await connection.query<{ locked: boolean }>(
    `select pg_try_advisory_lock(${lockKey}) as locked`,
  );
  return row?.locked === true;
}

async function unlock(connection: OwnerConnection): Promise<void> {
  try {
    await connection.query(`select pg_advisory_unlock(${lockKey})`);
  } catch (error) {
    // A lost session has lost its lock too; whatever lost it is the error to show.
    if (!isSessionLost(error)) throw error;
  }
}
