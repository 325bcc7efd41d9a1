import type { Config } from '../config.js';
import { type MigrateResult, migrateDown, migrateUp } from '../storage/migrate/migrate.js';
import {
  type LegacyStatus,
  type MigrationPlan,
  type MigrationStatus,
  migrationPlan,
  migrationStatus,
} from '../storage/migrate/migration-status.js';
import type { OwnerConnection } from '../storage/migrate/owner-connection.js';
import { connectPostgresOwner } from '../storage/migrate/postgres-owner.js';
import type { MigrationProgress } from '../storage/migrate/progress.js';
import type { AppLogin } from '../storage/migrate/roles.js';
import { ensureVectors } from '../storage/migrate/vectors.js';
import { refused } from './refused.js';
import { spaceOf } from './vectors.js';

/** What an operator may ask of `migrate up`. */
export interface UpRequest {
  readonly to?: number;
  /** E-mail or id of the account that gets v1's memories. */
  readonly legacyOwner?: string;
  /** v1 is switched off for good. */
  readonly endLegacy?: boolean;
}

/** Where a Postgres database stands. */
export interface SchemaStatus {
  readonly migrations: readonly MigrationStatus[];
  readonly legacy: LegacyStatus | undefined;
}

/** The migrations of a Postgres database, as its owner. Errors: `StartRefused` with words for the operator. */
export interface Migrations {
  up(request: UpRequest): Promise<MigrateResult>;
  down(to: number): Promise<MigrateResult>;
  status(): Promise<SchemaStatus>;
  plan(request: UpRequest): Promise<MigrationPlan>;
}

/** Migrations of the database that DATABASE_DIRECT_URL names. `say` is told of every step in words. */
export function openMigrations(config: Config, say: (text: string) => void): Migrations {
  const onProgress = (progress: MigrationProgress): void => say(inWords(progress));
  const appLogin = loginOf(config.databaseUrl);
  return {
    up: (request) =>
      asOwner(config, async (owner) => {
        const result = await migrateUp(owner, {
          ...request,
          onProgress,
          ...(appLogin && { appLogin }),
        });
        if (request.to === undefined) await addVectors(config, owner, say);
        return result;
      }),
    down: (to) => asOwner(config, (owner) => migrateDown(owner, { to, onProgress })),
    status: () => asOwner(config, migrationStatus),
    plan: (request) => asOwner(config, (owner) => migrationPlan(owner, request)),
  };
}

/**
 * Brings a database in which nothing ever was to today's schema; touches no other.
 * An operator decides when a database with data changes.
 */
export const migrateIfEmpty = (config: Config, say: (text: string) => void): Promise<void> =>
  asOwner(config, async (owner) => {
    const { migrations } = await migrationStatus(owner);
    if (migrations.some(({ state }) => state !== 'pending')) return;
    const { legacyRows } = await migrationPlan(owner);
    if (Object.keys(legacyRows).length > 0) return;
    const appLogin = loginOf(config.databaseUrl);
    await migrateUp(owner, {
      onProgress: (progress) => say(inWords(progress)),
      ...(appLogin && { appLogin }),
    });
    await addVectors(config, owner, say);
  });

/** Makes room for the vectors of the configured model, if there is one. */
async function addVectors(
  config: Config,
  owner: OwnerConnection,
  say: (text: string) => void,
): Promise<void> {
  const space = spaceOf(config);
  if (space === undefined) return;
  await ensureVectors(owner, space);
  say(`Room for vectors of ${space.model}, ${space.dimensions} dimensions: done`);
}

/** Does work on the connection of DATABASE_DIRECT_URL. Errors: `StartRefused` when it cannot be used. */
export async function asOwner<T>(
  { databaseDirectUrl = '' }: Config,
  work: (owner: OwnerConnection) => Promise<T>,
): Promise<T> {
  try {
    const owner = await connectPostgresOwner(databaseDirectUrl);
    try {
      return await work(owner);
    } finally {
      await owner.close();
    }
  } catch (error) {
    throw refused(error, { name: 'DATABASE_DIRECT_URL', url: databaseDirectUrl });
  }
}

function loginOf(databaseUrl: string | undefined): AppLogin | undefined {
  if (databaseUrl === undefined) return undefined;
  const { username, password } = new URL(databaseUrl);
  if (username === '') return undefined;
  const name = decodeURIComponent(username);
  return password === '' ? { name } : { name, password: decodeURIComponent(password) };
}

function inWords(progress: MigrationProgress): string {
  switch (progress.event) {
    case 'waiting-for-another-migrator':
      return 'Another migrator is at work: waiting for it to end.';
    case 'migration':
      return `${progress.direction === 'up' ? '↑' : '↓'} ${progress.name}`;
    case 'step':
      return `    ${progress.title} …`;
    case 'rows':
      return `    ${progress.title}: ${progress.rows} rows`;
    case 'waiting-for-a-lock':
      return `    ${progress.title}: a lock is held by others, try ${progress.attempt}`;
    case 'step-done':
      return `    ${progress.title}: done`;
    default:
      return `${progress.name} waits until v1 is switched off: migrate up --end-legacy`;
  }
}
