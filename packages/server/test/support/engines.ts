import { randomUUID } from 'node:crypto';
import type { Tier } from '@stellar-memory/protocol';
import { describe } from 'vitest';
import { type UserId, userId } from '../../src/domain/ids.js';
import type { Database } from '../../src/storage/database.js';
import type { OwnerConnection } from '../../src/storage/migrate/owner-connection.js';
import { createSystemDoor, type SystemDoor } from '../../src/storage/system-door.system.js';
import { createTenantDoor, type TenantDoor } from '../../src/storage/tenant-door.js';
import { closeWhatUses } from './close-first.js';
import { openEmbedded } from './embedded-engine.js';
import { openPostgres } from './postgres-engine.js';
import { hasPostgres } from './postgres-server.js';

/** How a test wants its database. */
export interface OpenOptions {
  /** Connections of the pool; the embedded engine has one session whatever this says. */
  readonly poolSize?: number;
  /** Milliseconds a transaction waits for a connection of the pool; the default outlasts a busy machine. */
  readonly waitMs?: number;
  /** Whether pgvector is wanted, which Postgres has or has not. */
  readonly vectors?: boolean;
}

/** What an engine's file in this folder provides. */
export interface TestStorage {
  readonly database: Database;
  readonly owner: OwnerConnection;
  readonly appUrl: string | undefined;
  /** Sends each text in turn in one session of the app's login; rows of each. */
  rawQuery(texts: readonly string[]): Promise<unknown[][]>;
  discard(): Promise<void>;
}

/** A database with today's schema that only this test uses. */
export interface TestDatabase {
  readonly database: Database;
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
  /** The schema's owner, a superuser: prepares rows and looks behind the doors. */
  readonly owner: OwnerConnection;
  /** URL of the app's login, for pools of the test's own; none on the embedded engine. */
  readonly appUrl: string | undefined;
  /**
   * Raw SQL as the app role, in a session of its own, committed: what an attacker past every statement of
   * ours could send. Without a user the tenant setting was never made.
   */
  asApp<Row>(text: string, user?: UserId): Promise<Row[]>;
  close(): Promise<void>;
}

/** One of the two engines, as suites see it. */
export interface TestEngine {
  readonly name: 'embedded' | 'postgres';
  open(options?: OpenOptions): Promise<TestDatabase>;
}

const testEngine = (
  name: TestEngine['name'],
  openStorage: (options: OpenOptions) => Promise<TestStorage>,
): TestEngine => ({
  name,
  async open(options = {}) {
    const { database, owner, appUrl, rawQuery, discard } = await openStorage(options);
    return {
      database,
      owner,
      appUrl,
      tenants: createTenantDoor(database),
      system: createSystemDoor(database),
      async asApp<Row>(text: string, user?: UserId) {
        const rows = await rawQuery([...asApp(user), text, 'commit']);
        return rows.at(-2) as Row[];
      },
      async close() {
        await closeWhatUses(database);
        await database.close();
        await discard();
      },
    };
  },
});

const asApp = (user: UserId | undefined): string[] => [
  'begin',
  'set local role stellar_app',
  ...(user === undefined ? [] : [`select set_config('app.current_user_id', '${user}', true)`]),
];

const embedded = testEngine('embedded', openEmbedded);
const postgres = testEngine('postgres', openPostgres);

/** The engines of this run: embedded always, Postgres when there is one. */
export const engines: readonly TestEngine[] = hasPostgres() ? [embedded, postgres] : [embedded];

/**
 * Registers a suite for each engine. Where there is no Postgres its suite is skipped, which the report says;
 * it never counts as passed.
 *
 * @example
 * describeEngines('storing', (engine) => {
 *   let db: TestDatabase;
 *   beforeAll(async () => { db = await engine.open(); });
 *   afterAll(() => db.close());
 *   test('…', async () => { await db.tenants.withTenant(await seedUser(db), …); });
 * });
 */
export function describeEngines(name: string, register: (engine: TestEngine) => void): void {
  for (const engine of [embedded, postgres]) {
    const left = !engines.includes(engine);
    describe.skipIf(left)(`${name}, on ${engine.name}`, () => {
      register(engine);
    });
  }
}

/** An account with its usage row, made behind the doors. `memoryLimit` null is unlimited, the default. */
export async function seedUser(
  { owner }: Pick<TestDatabase, 'owner'>,
  {
    tier = 'free',
    memoryLimit = null,
    agentLimit = null,
  }: { tier?: Tier; memoryLimit?: number | null; agentLimit?: number | null } = {},
): Promise<UserId> {
  const id = userId(randomUUID());
  await owner.query('insert into users (id, email, tier) values ($1, $2, $3)', [
    id,
    `${id}@example.com`,
    tier,
  ]);
  await owner.query(
    'insert into tenant_usage (user_id, memory_limit, agent_limit) values ($1, $2, $3)',
    [id, memoryLimit, agentLimit],
  );
  return id;
}
