import type { GraphResponse } from '@stellar-memory/protocol';
import { centrality, communities, statsOf } from '../../domain/context/graph-analysis.js';
import { type Edge, strongest, ties } from '../../domain/context/memory-graph.js';
import type { MemoryRecord } from '../../storage/statements/memories.js';
import type { ContextService } from '../context-service.js';
import type { MemoryDependencies } from '../dependencies.js';
import { present } from '../present.js';
import { searchMemories } from '../search-memories.js';
import { createLikeness, termsOf } from './likeness.js';
import { defaultLeastWeight } from './neighbourhood.js';

/** Ties from each memory at most: more make no picture clearer. */
const tiesEach = 8;

/** Memories about a topic as a graph. Nothing of it counts as a recall. */
export const createTopicGraph =
  (dependencies: MemoryDependencies): ContextService['graph'] =>
  async (userId, { topic, limit, min_weight: leastWeight = defaultLeastWeight, agent_id }) => {
    const { found } = await dependencies.tenants.withTenant(
      userId,
      (tx) => searchMemories(tx, dependencies, { q: topic, limit, agent_id }),
      { readOnly: true },
    );
    const records = found.map(({ record }) => record);
    return graphOf(records, tiesBetween(records, leastWeight));
  };

function tiesBetween(records: readonly MemoryRecord[], leastWeight: number): Edge[] {
  const likeness = createLikeness(records.map(({ content }) => termsOf(content)));
  const items = records.map(({ id }, at) => ({ id, at }));
  return strongest(
    ties(items, (later, earlier) => likeness(later.at, earlier.at), leastWeight),
    tiesEach,
  );
}

function graphOf(records: readonly MemoryRecord[], edges: readonly Edge[]): GraphResponse {
  const groups = communities(edges, 2);
  const groupOf = new Map(groups.flatMap((group, number) => group.map((id) => [id, number])));
  const places = new Map(centrality(edges, records.length).map((place) => [place.id, place]));
  const { averageDegree, density } = statsOf(edges);
  return {
    nodes: records.map((record) => ({
      ...present(record),
      degree: places.get(record.id)?.degree ?? 0,
      centrality: places.get(record.id)?.score ?? 0,
      community: groupOf.get(record.id) ?? null,
    })),
    ties: [...edges],
    communities: groups,
    average_degree: averageDegree,
    density,
  };
}
