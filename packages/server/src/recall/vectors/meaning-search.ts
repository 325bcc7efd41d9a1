import type { UserId } from '../../domain/ids.js';
import type { RecallFilter } from '../../storage/statements/memories.js';
import {
  type Near,
  selectNearestByGraph,
  selectNearestExactly,
  selectNearestOfMatching,
} from '../../storage/statements/nearest-vectors.js';
import { selectProgress } from '../../storage/statements/vector-progress.js';
import type { TenantTransaction } from '../../storage/tenant-door.js';
import { nearestPool } from '../ranking/fuse.js';
import type { QueryEmbedder, QueryMeaning, QueryVector } from './query-embedder.js';

/** Recall by meaning, where an embedder is configured. */
export interface MeaningSearch {
  /** What the meaning of a memory counts against its words, 0–1. */
  readonly weight: number;
  /** The meaning of each query; empty when the embedder fails. Never rejects; to be called outside any transaction. */
  embed(userId: UserId, queries: readonly string[]): Promise<readonly QueryMeaning[]>;
  /** The tenant's nearest memories that pass the filter, nearest first: as many as there are, up to a bound. */
  nearest(
    tx: TenantTransaction,
    meaning: QueryMeaning,
    filter?: RecallFilter,
  ): Promise<readonly Near[]>;
}

/** What it needs. */
export interface MeaningSearchOptions {
  readonly queries: Pick<QueryEmbedder, 'embed'>;
  readonly weight: number;
  /** Whether the database has a graph of each space; without one every vector of the tenant is compared. */
  readonly graph: boolean;
  /** Memories from which on a tenant is searched by the graph. Default 15,000 (not measured yet). */
  readonly graphFrom?: number;
}

/**
 * Behind a filter, so many of the nearest that the walk has seen will do: they are the nearest of what passes. With
 * fewer, hardly anything passes, and all of that is compared.
 */
const enoughBehindFilter = 20;

/** Makes it. */
export function createMeaningSearch(options: MeaningSearchOptions): MeaningSearch {
  const { queries, weight, graph, graphFrom = 15_000 } = options;
  return {
    weight,
    embed: (userId, texts) => queries.embed(userId, texts),
    async nearest(tx, meaning, filter) {
      const chosen = await choose(tx, meaning);
      if (chosen === undefined) return [];
      const request = { ...chosen, limit: nearestPool, filter };
      if (!graph || chosen.memories < graphFrom) return selectNearestExactly(tx, request);
      const near = await selectNearestByGraph(tx, request);
      if (filter === undefined)
        // Among many vectors of others a walk may end too early.
        return near.length < nearestPool ? selectNearestExactly(tx, request) : near;
      return near.length < enoughBehindFilter
        ? selectNearestOfMatching(tx, { ...request, filter })
        : near;
    },
  };
}

/** The space in which most of the tenant's memories lie: while a new model takes over, that is the old one. */
async function choose(
  tx: TenantTransaction,
  meaning: QueryMeaning,
): Promise<(QueryVector & { readonly memories: number }) | undefined> {
  if (meaning.length === 0) return undefined;
  const progress = await selectProgress(tx);
  return meaning
    .map((one) => ({
      ...one,
      memories: progress.find(({ space }) => space === one.space)?.embeddedUntil ?? 0,
    }))
    .filter(({ memories }) => memories > 0)
    .reduce<(QueryVector & { readonly memories: number }) | undefined>(
      (best, one) => (best === undefined || one.memories > best.memories ? one : best),
      undefined,
    );
}
