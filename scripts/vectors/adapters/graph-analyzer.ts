import {
  centrality,
  communities,
  statsOf,
} from '../../../packages/server/src/domain/context/graph-analysis.js';
import { shortestPath } from '../../../packages/server/src/domain/context/memory-graph.js';
import type { VectorModule } from '../vector-module.js';
import { edgesOf } from './edges-of.js';

/** `GET /api/v1/graph` and `GET /api/v1/memories/{id}/path`. */
export const graphAnalyzer: VectorModule = {
  replays: {
    stats: ({ edges }) => {
      const stats = statsOf(edgesOf(edges!));
      return {
        total_nodes: stats.nodes,
        total_edges: stats.edges,
        avg_degree: stats.averageDegree,
        density: stats.density,
        connected_components: stats.components,
      };
    },
    centrality: ({ edges, top_k: top }) => centrality(edgesOf(edges!), top as number),
    // Recorded in the order of the names; ours comes by distance.
    communities: ({ edges, min_size: size }) =>
      communities(edgesOf(edges!), size as number).map((group) => group.toSorted()),
    path_length: ({ edges, from, to, max_depth: depth }) => {
      const path = shortestPath(edgesOf(edges!), from as string, to as string, depth as number);
      return path === undefined ? null : path.length - 1;
    },
  },
};
