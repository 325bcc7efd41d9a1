import type { DatabaseState } from './bookkeeping.js';
import type { Migration } from './migration-files.js';

/** Migrations that are not applied. */
export interface PendingMigrations {
  /** To run now, in this order. */
  readonly ready: readonly Migration[];
  /** To run once v1 is switched off. */
  readonly waiting: readonly Migration[];
}

/**
 * Which migrations are to run. Those after the legacy window are passed over while v1 may still write;
 * later ones run all the same, so that a release that needs them can serve beside v1.
 */
export function pendingMigrations(
  migrations: readonly Migration[],
  state: DatabaseState,
  options: { readonly to?: number; readonly endLegacy?: boolean },
): PendingMigrations {
  const pending = migrations.filter(
    ({ version }) =>
      version <= (options.to ?? Number.POSITIVE_INFINITY) &&
      state.recorded.get(version)?.state !== 'applied',
  );
  const windowOpen = state.adoption?.windowOpen === true && options.endLegacy !== true;
  const waits = (migration: Migration): boolean => windowOpen && migration.afterLegacyWindow;
  return { ready: pending.filter((one) => !waits(one)), waiting: pending.filter(waits) };
}
