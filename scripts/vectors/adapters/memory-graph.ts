import { statsOf } from '../../../packages/server/src/domain/context/graph-analysis.js';
import {
  hopsFrom,
  strongest,
  ties,
} from '../../../packages/server/src/domain/context/memory-graph.js';
import { cosineSimilarity } from '../../../packages/server/src/domain/cosine-similarity.js';
import type { Replay, VectorModule } from '../vector-module.js';
import { edgesOf } from './edges-of.js';

const limited: Replay = ({ edges, max_edges: each }) =>
  strongest(edgesOf(edges!), each as number)
    .map(({ to }) => to)
    .toSorted();

interface Stored {
  readonly content: string;
  readonly embedding: readonly number[];
}

const linked: Replay = ({ threshold, stores_in_order: stores }) => {
  const items = (stores as unknown as Stored[]).map((item) => ({ ...item, id: item.content }));
  const likeness = (later: Stored, earlier: Stored): number =>
    cosineSimilarity(later.embedding, earlier.embedding);
  return ties(items, likeness, threshold as number)
    .map(({ from, to, weight }) => [from, to, 'related_to', Number(weight.toFixed(12))])
    .toSorted((one, other) => (one.join('\n') < other.join('\n') ? -1 : 1));
};

/** What is said of a tie that is stored. */
const stored = new Set([
  'remove_item_memory',
  'remove_item_sqlite',
  'duplicate_edge_memory',
  'duplicate_edge_sqlite',
]);

/** `GET /api/v1/memories/{id}/related`. */
export const memoryGraph: VectorModule = {
  replays: {
    related_ids: ({ edges, from, depth }) =>
      [...hopsFrom(edgesOf(edges!), from as string, depth as number, 'forward').keys()]
        .slice(1)
        .toSorted(),
    count_edges: ({ edges }) => statsOf(edgesOf(edges!)).edges,
    max_edges_memory: limited,
    max_edges_sqlite: limited,
    auto_link: linked,
  },
  differences: [
    {
      reason:
        'ties are derived from the texts when somebody asks: none is stored, kept twice or left behind',
      covers: ({ fn }) => stored.has(fn),
    },
    {
      reason: 'a weaker tie does not drive a stronger one out',
      covers: ({ fn, in: { edges } }) =>
        fn.startsWith('max_edges') && JSON.stringify(edges).endsWith('["a","d",0.1]]'),
    },
    {
      reason: 'recall answers what was asked for; what is related is asked for by itself',
      covers: ({ fn }) => fn === 'graph_boost',
    },
  ],
};
