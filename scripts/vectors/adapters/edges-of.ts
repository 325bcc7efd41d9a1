import type { Edge } from '../../../packages/server/src/domain/context/memory-graph.js';
import type { Json } from '../vector-module.js';

/** Recorded edges: from, to and weight, in this order. */
export const edgesOf = (edges: Json): Edge[] =>
  (edges as [string, string, number][]).map(([from, to, weight]) => ({ from, to, weight }));
