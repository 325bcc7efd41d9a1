import type { UserId } from '../../domain/ids.js';
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

/** What embedding in the background needs. */
export interface EmbeddingOptions {
  readonly tenants: TenantDoor;
  readonly system: SystemDoor;
  readonly embedder: Embedder;
  /** Number of the embedder's space. */
  readonly space: number;
  /** Told of what failed; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/** Embeds what was stored, beside the requests. */
export interface EmbeddingService {
  /** Told after a commit that may have stored or edited something. */
  noteChange(userId: UserId): void;
  /** Takes up what other nodes and earlier lives left undone, and counts what is left. */
  sweep(): Promise<void>;
  /** Whether memories without a vector were left at the last look. */
  isBehind(): boolean;
  /** What is left and what was done, in Prometheus' text format. */
  metrics(): readonly string[];
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** A provider that is slow gets half a minute for a batch; one that fails is left alone, longer each time. */
const patience = { timeoutMs: 30_000, attempts: 3 };

/** Makes the service; nothing runs before the first change or sweep. */
export function createEmbeddingService(options: EmbeddingOptions): EmbeddingService {
  const { tenants, system, embedder, space, onError } = options;
  let backlog: VectorBacklog | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    await work.sweep();
    backlog = await system.asSystem((tx) => selectBacklog(tx, space), { readOnly: true });
  };
  const work = new BackgroundEmbedding({
    next: (userId) =>
      embedNext(
        { tenants, embedder, space, patience: { ...patience, signal: work.signal } },
        userId,
      ),
    behind: (after, limit) =>
      system.asSystem((tx) => selectTenantsBehind(tx, space, after, limit), { readOnly: true }),
    onError,
  });
  return {
    noteChange: (userId) => work.request(userId),
    sweep() {
      const sweep = look();
      sweeping = sweep.catch(() => undefined);
      return sweep;
    },
    isBehind: () => (backlog?.documents ?? 0) > 0,
    metrics: () => [
      ...(backlog === undefined ? [] : backlogLines(backlog)),
      '# TYPE stellar_embeddings_total counter',
      `stellar_embeddings_total ${work.tally.embedded}`,
      '# TYPE stellar_embeddings_refused_total counter',
      `stellar_embeddings_refused_total ${work.tally.refused}`,
      '# TYPE stellar_embedding_failures_total counter',
      `stellar_embedding_failures_total ${work.tally.failed}`,
    ],
    idle: () => work.idle(),
    async close() {
      await work.close();
      await sweeping;
    },
  };
}

const backlogLines = ({ tenants, documents }: VectorBacklog): string[] => [
  '# HELP stellar_embedding_backlog_documents Memories without a vector of the present model, at the last look.',
  '# TYPE stellar_embedding_backlog_documents gauge',
  `stellar_embedding_backlog_documents ${documents}`,
  '# TYPE stellar_embedding_backlog_tenants gauge',
  `stellar_embedding_backlog_tenants ${tenants}`,
];
