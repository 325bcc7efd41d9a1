/** A tie between two memories, by their ids. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** 0 to 1. */
  readonly weight: number;
}

/** Whether a tie leads one way or both. */
export type Direction = 'forward' | 'both';

/**
 * How many ties away each memory is, as far as `depth`; the start itself is at 0. Nearer ones come first, those at one
 * distance in the order of the edges.
 */
export function hopsFrom(
  edges: readonly Edge[],
  start: string,
  depth: number,
  direction: Direction,
): Map<string, number> {
  const next = adjacency(edges, direction);
  const hops = new Map([[start, 0]]);
  let frontier = [start];
  for (let hop = 1; hop <= depth && frontier.length > 0; hop += 1) {
    const reached = frontier.flatMap((id) => next.get(id) ?? []).filter((id) => !hops.has(id));
    for (const id of reached) hops.set(id, hop);
    frontier = [...new Set(reached)];
  }
  return hops;
}

/** The memories on a shortest way between two, both ends included; `undefined` when there is none so short. */
export function shortestPath(
  edges: readonly Edge[],
  from: string,
  to: string,
  maxHops: number,
): string[] | undefined {
  const hops = hopsFrom(edges, from, maxHops, 'both');
  const distance = hops.get(to);
  if (distance === undefined) return undefined;
  const back = adjacency(edges, 'both');
  const path = [to];
  for (let hop = distance - 1; hop >= 0; hop -= 1)
    path.unshift(back.get(path[0]!)!.find((id) => hops.get(id) === hop)!);
  return path;
}

/**
 * Ties of every two of a list that are alike enough, from the later to the earlier.
 *
 * @param likeness of the later and the earlier, 0 to 1
 */
export const ties = <Item extends { readonly id: string }>(
  items: readonly Item[],
  likeness: (later: Item, earlier: Item) => number,
  least: number,
): Edge[] =>
  items.flatMap((item, at) =>
    items
      .slice(0, at)
      .map((earlier) => ({ from: item.id, to: earlier.id, weight: likeness(item, earlier) }))
      .filter(({ weight }) => weight >= least),
  );

/** The strongest ties of each memory, at most so many from each; of equally strong ones the later. */
export function strongest(edges: readonly Edge[], each: number): Edge[] {
  const kept = new Set<Edge>();
  for (const mine of byStart(edges).values())
    for (const edge of mine.toReversed().toSorted(heaviestFirst).slice(0, each)) kept.add(edge);
  return edges.filter((edge) => kept.has(edge));
}

const heaviestFirst = (one: Edge, other: Edge): number => other.weight - one.weight;

function byStart(edges: readonly Edge[]): Map<string, Edge[]> {
  const groups = new Map<string, Edge[]>();
  for (const edge of edges) groups.set(edge.from, [...(groups.get(edge.from) ?? []), edge]);
  return groups;
}

function adjacency(edges: readonly Edge[], direction: Direction): Map<string, string[]> {
  const next = new Map<string, string[]>();
  const add = (from: string, to: string): void => {
    const known = next.get(from);
    if (known === undefined) next.set(from, [to]);
    else known.push(to);
  };
  for (const { from, to } of edges) {
    add(from, to);
    if (direction === 'both') add(to, from);
  }
  return next;
}
