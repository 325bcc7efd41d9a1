import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from './migration-error.js';
import { migrationsFolder } from './migration-files.js';
import { withMigratorLock } from './migrator-lock.js';
import { becomeTableOwner, withPreparedSession } from './migrator-session.js';
import type { OwnerConnection } from './owner-connection.js';
import { runStep } from './run-step.js';

/** What vectors are made by. */
export interface SpaceDefinition {
  readonly model: string;
  readonly dimensions: number;
}

/**
 * Edges and candidates of the graph: with pgvector's own 16 and 64 a tenant of 500,000 found 93.5 % of its ten
 * nearest.
 */
const graph = 'm = 24, ef_construction = 128';

/** Milliseconds that another migrator is waited for. */
const waitMs = 600_000;

/**
 * Makes room for the vectors of a model: tables, and on Postgres the index of its space. May run again, and beside
 * servers. The numbered migrations must have run.
 *
 * @throws MigrationError with words for the operator, for one where pgvector is missing.
 */
export const ensureVectors = (
  connection: OwnerConnection,
  definition: SpaceDefinition,
): Promise<void> =>
  withPreparedSession(connection, () =>
    withMigratorLock(
      connection,
      waitMs,
      () => undefined,
      async () => {
        await assertExtension(connection);
        await becomeTableOwner(connection);
        await runScript(connection, 'up', 'tables of vectors');
        const space = await ensureSpace(connection, definition);
        if (connection.engine === 'postgres') await ensureIndex(connection, space, definition);
      },
    ),
  );

/** Takes every vector away. The caller migrates, and so has the lock. */
export async function dropVectors(connection: OwnerConnection): Promise<void> {
  const [there] = await connection.query<{ there: boolean }>(
    `select to_regclass('public.memory_vectors') is not null as there`,
  );
  if (there?.there === true) await runScript(connection, 'down', 'no vectors');
}

/** Takes away a space that has no vectors any more, and its index. The tables stay. */
export const dropSpace = (connection: OwnerConnection, space: number): Promise<void> =>
  withPreparedSession(connection, () =>
    withMigratorLock(
      connection,
      waitMs,
      () => undefined,
      async () => {
        await becomeTableOwner(connection);
        await connection.exec(`drop index if exists memory_vectors_space_${space}`);
        await connection.query('delete from embedding_spaces where space = $1', [space]);
      },
    ),
  );

async function assertExtension(connection: OwnerConnection): Promise<void> {
  const [extension] = await connection.query<{ current: boolean }>(
    `select string_to_array(default_version, '.')::int[] >= '{0,8}' as current
       from pg_available_extensions where name = 'vector'`,
  );
  if (extension?.current === true) return;
  throw new MigrationError(
    extension === undefined
      ? 'EMBEDDINGS_PROVIDER is set, but this Postgres has no pgvector. Install the extension "vector" on it, or unset EMBEDDINGS_PROVIDER: recall works without.'
      : 'EMBEDDINGS_PROVIDER is set, but this Postgres has a pgvector older than 0.8. Install a newer one, or unset EMBEDDINGS_PROVIDER: recall works without.',
  );
}

async function runScript(
  connection: OwnerConnection,
  direction: 'up' | 'down',
  title: string,
): Promise<void> {
  const text = await readFile(join(migrationsFolder, 'vectors', `${direction}.sql`), 'utf8');
  await runStep(
    { kind: 'transaction', title, text: text.trimEnd().replace(/;$/, '') },
    {
      connection,
      onProgress: () => undefined,
      name: 'vectors',
      // What is there is what the script finds there: nothing is noted.
      note: '',
      lockTimeoutMs: 500,
      lockAttempts: 60,
    },
  );
}

async function ensureSpace(
  connection: OwnerConnection,
  { model, dimensions }: SpaceDefinition,
): Promise<number> {
  await connection.query(
    `insert into embedding_spaces (model, dimensions) select $1, $2
      where not exists (select from embedding_spaces where model = $1 and dimensions = $2)`,
    [model, dimensions],
  );
  const [row] = await connection.query<{ space: number }>(
    'select space from embedding_spaces where model = $1 and dimensions = $2',
    [model, dimensions],
  );
  return row!.space;
}

/** One index a space, since a graph holds vectors of one length. On a table without rows of the space: nobody waits. */
async function ensureIndex(
  connection: OwnerConnection,
  space: number,
  { dimensions }: SpaceDefinition,
): Promise<void> {
  await connection.exec(
    `create index if not exists memory_vectors_space_${space} on memory_vectors
      using hnsw ((embedding::halfvec(${dimensions})) halfvec_ip_ops) with (${graph}) where space = ${space}`,
  );
}
