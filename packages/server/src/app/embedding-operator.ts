import { StartRefused } from '../config/start-refused.js';
import type { Config } from '../config.js';
import { pruneSpace } from '../recall/vectors/prune-space.system.js';
import {
  type ReindexOutcome,
  type ReindexRequest,
  reindex,
} from '../recall/vectors/reindex.system.js';
import { dropSpace } from '../storage/migrate/vectors.js';
import { openPostgresDatabase } from '../storage/postgres/postgres-database.js';
import { selectSpaces } from '../storage/statements/embedding-spaces.system.js';
import { selectBacklog } from '../storage/statements/vector-progress.system.js';
import { createSystemDoor } from '../storage/system-door.system.js';
import { createTenantDoor } from '../storage/tenant-door.js';
import { asOwner } from './migrations.js';
import { openVectors, spaceOf } from './vectors.js';

/** How far the vectors of one model are. */
export interface SpaceStatus {
  /** Its number in the database, which each vector carries. */
  readonly space: number;
  readonly model: string;
  readonly dimensions: number;
  /** Whether it is the configured one. */
  readonly configured: boolean;
  /** Tenants with memories that have no vector yet. */
  readonly tenants_behind: number;
  /** At least as many as memories without a vector; edited and forgotten ones are counted too. */
  readonly documents_left: number;
  readonly documents: number;
  /** Memories that the model does not take. */
  readonly refused: number;
}

/** What an operator does with vectors, without a running server. */
export interface EmbeddingOperator {
  status(): Promise<SpaceStatus[]>;
  reindex(
    told: Pick<ReindexRequest, 'onProgress' | 'onWaiting' | 'onError'>,
  ): Promise<ReindexOutcome>;
  /**
   * Takes away the vectors of every model but the configured one; answers how many.
   * Errors: `StartRefused` while the configured model has not caught up.
   */
  prune(onProgress: (gone: number) => void): Promise<number>;
  close(): Promise<void>;
}

/** Opens the vectors of a Postgres database. `config` has passed `embeddingRules`. */
export function openEmbeddingOperator(config: Config): EmbeddingOperator {
  const database = openPostgresDatabase({ url: config.databaseUrl ?? '', poolSize: 4 });
  const doors = { system: createSystemDoor(database), tenants: createTenantDoor(database) };
  const definition = spaceOf(config);
  const status = (): Promise<SpaceStatus[]> =>
    doors.system.asSystem(
      async (tx) => {
        const found: SpaceStatus[] = [];
        for (const { space, model, dimensions } of await selectSpaces(tx)) {
          const backlog = await selectBacklog(tx, space);
          found.push({
            space,
            model,
            dimensions,
            configured: model === definition?.model && dimensions === definition.dimensions,
            tenants_behind: backlog.tenants,
            documents_left: backlog.documents,
            documents: backlog.all,
            refused: backlog.refused,
          });
        }
        return found;
      },
      { readOnly: true },
    );
  return {
    status,
    async reindex(told) {
      const vectors = await openVectors(config, database);
      if (vectors === undefined)
        throw new Error('no embedder, which the rules should have refused');
      return reindex({ ...doors, ...vectors, ...told });
    },
    async prune(onProgress) {
      const spaces = await status();
      const current = spaces.find(({ configured }) => configured);
      if (current === undefined || current.documents_left > 0)
        throw new StartRefused([
          `The vectors of ${definition?.model} are not complete yet: recall still reads the others. ` +
            'Run first: stellar-memory embeddings reindex',
        ]);
      let gone = 0;
      for (const { space } of spaces.filter((one) => one !== current)) {
        gone += await pruneSpace(doors, space, (more) => onProgress(gone + more));
        await asOwner(config, (owner) => dropSpace(owner, space));
      }
      return gone;
    },
    close: () => database.close(),
  };
}
