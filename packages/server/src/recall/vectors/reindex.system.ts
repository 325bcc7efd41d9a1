import { setTimeout as pause } from 'node:timers/promises';
import {
  selectBacklog,
  selectTenantsBehind,
  type VectorBacklog,
} from '../../storage/statements/vector-progress.system.js';
import type { SystemDoor } from '../../storage/system-door.system.js';
import type { TenantDoor } from '../../storage/tenant-door.js';
import type { Embedder } from '../embedders/embedder.js';
import { BackgroundEmbedding } from './background-embedding.js';
import { embedNext } from './embed-tenant.js';

/** What embedding everything now needs. */
export interface ReindexRequest {
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
  readonly embedder: Embedder;
  /** Number of the embedder's space. */
  readonly space: number;
  /** Told after each batch: memories embedded by this run, and what was left when it began. */
  readonly onProgress: (done: number, total: number) => void;
  /** Told when all that is left is with other nodes: their claims run out within minutes. */
  readonly onWaiting: (backlog: VectorBacklog) => void;
  /** Told of what failed; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/** What a run did. */
export interface ReindexOutcome {
  readonly embedded: number;
  /** Memories that the model does not take, over all runs. */
  readonly refused: number;
}

const patience = { timeoutMs: 30_000, attempts: 3 };
/** Milliseconds between two looks at what other nodes are working on. */
const lookEveryMs = 1_000;

/**
 * Embeds what has no vector in the space until nothing is left, beside servers that do the same. The mark of each
 * tenant lies in the database: a run that was killed is gone on with by the next one, or by any server.
 */
export async function reindex(request: ReindexRequest): Promise<ReindexOutcome> {
  const { tenants, system, embedder, space, onProgress, onWaiting, onError } = request;
  const left = (): Promise<VectorBacklog> =>
    system.asSystem((tx) => selectBacklog(tx, space), { readOnly: true });
  let backlog = await left();
  const total = backlog.documents;
  const work = new BackgroundEmbedding({
    next: async (userId) => {
      const outcome = await embedNext({ tenants, embedder, space, patience }, userId);
      onProgress(work.tally.embedded + outcome.embedded, total);
      return outcome;
    },
    behind: (after, limit) =>
      system.asSystem((tx) => selectTenantsBehind(tx, space, after, limit), { readOnly: true }),
    onError,
  });
  while (backlog.documents > 0) {
    const before = work.tally.embedded;
    await work.sweep();
    await work.idle();
    backlog = await left();
    if (backlog.documents > 0 && work.tally.embedded === before) {
      onWaiting(backlog);
      await pause(lookEveryMs);
    }
  }
  return { embedded: work.tally.embedded, refused: backlog.refused };
}
