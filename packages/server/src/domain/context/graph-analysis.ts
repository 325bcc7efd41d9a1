import { type Edge, hopsFrom } from './memory-graph.js';

/** How tied together a graph is. Only memories with a tie count. */
export interface GraphStats {
  readonly nodes: number;
  readonly edges: number;
  /** Ends of ties a memory. */
  readonly averageDegree: number;
  /** Ties of those there could be. */
  readonly density: number;
  /** Groups without a tie to each other. */
  readonly components: number;
}

/** A memory's place in a graph. */
export interface Centrality {
  readonly id: string;
  /** Ends of ties at it. */
  readonly degree: number;
  /** Degree as a share of the greatest, 0 to 1. */
  readonly score: number;
}

/** Memories with a tie, in the order in which they appear. */
const nodesOf = (edges: readonly Edge[]): string[] => [
  ...new Set(edges.flatMap(({ from, to }) => [from, to])),
];

/** Counts of a graph. */
export function statsOf(edges: readonly Edge[]): GraphStats {
  const nodes = nodesOf(edges).length;
  const possible = (nodes * (nodes - 1)) / 2;
  return {
    nodes,
    edges: edges.length,
    averageDegree: nodes === 0 ? 0 : (2 * edges.length) / nodes,
    density: possible === 0 ? 0 : edges.length / possible,
    components: communities(edges, 1).length,
  };
}

/** Groups that ties hold together, the largest first, of at least so many memories. */
export function communities(edges: readonly Edge[], minSize: number): string[][] {
  const found: string[][] = [];
  const placed = new Set<string>();
  for (const node of nodesOf(edges)) {
    if (placed.has(node)) continue;
    const group = [...hopsFrom(edges, node, Infinity, 'both').keys()];
    for (const id of group) placed.add(id);
    found.push(group);
  }
  return found
    .filter((group) => group.length >= minSize)
    .toSorted((one, other) => other.length - one.length);
}

/** The memories with the most ties, the first that appears before those with as many. */
export function centrality(edges: readonly Edge[], top: number): Centrality[] {
  const degrees = new Map<string, number>();
  for (const id of edges.flatMap(({ from, to }) => [from, to]))
    degrees.set(id, (degrees.get(id) ?? 0) + 1);
  const greatest = Math.max(0, ...degrees.values());
  return [...degrees]
    .map(([id, degree]) => ({ id, degree, score: degree / greatest }))
    .toSorted((one, other) => other.degree - one.degree)
    .slice(0, top);
}
