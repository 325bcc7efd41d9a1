import fc from 'fast-check';
import { expect, test } from 'vitest';
import { centrality, communities, statsOf } from '../../../src/domain/context/graph-analysis.js';
import {
  type Edge,
  hopsFrom,
  shortestPath,
  strongest,
  ties,
} from '../../../src/domain/context/memory-graph.js';

// What v2 answered is replayed by `npm run check:vectors`; here is what holds of every graph.
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const weight = fc.double({ min: 0, max: 1, noNaN: true });
const edges: fc.Arbitrary<Edge[]> = fc.array(fc.record({ from: id, to: id, weight }), {
  maxLength: 15,
});

test('a shortest way is a way, and no shorter than the distance', () => {
  fc.assert(
    fc.property(edges, id, id, (graph, from, to) => {
      const path = shortestPath(graph, from, to, 10);
      const distance = hopsFrom(graph, from, 10, 'both').get(to);
      expect(path === undefined ? undefined : path.length - 1).toBe(distance);
      for (const [at, step] of (path ?? []).slice(1).entries()) {
        const before = path![at]!;
        const tied = graph.some(
          (edge) =>
            (edge.from === before && edge.to === step) ||
            (edge.from === step && edge.to === before),
        );
        expect(tied).toBe(true);
      }
    }),
  );
});

test('groups hold every tied memory once, and no tie leads out of one', () => {
  fc.assert(
    fc.property(edges, (graph) => {
      const groups = communities(graph, 1);
      const all = groups.flat();
      expect(new Set(all).size).toBe(all.length);
      expect(statsOf(graph)).toMatchObject({ nodes: all.length, components: groups.length });
      for (const { from, to } of graph)
        expect(groups.find((group) => group.includes(from))).toContain(to);
    }),
  );
});

test('the most central has the most ties, and nobody more than 1', () => {
  fc.assert(
    fc.property(edges, (graph) => {
      const places = centrality(graph, 3);
      if (graph.length > 0) expect(places[0]!.score).toBe(1);
      expect(places.map(({ degree }) => degree)).toEqual(
        places.map(({ degree }) => degree).toSorted((one, other) => other - one),
      );
    }),
  );
});

test('the strongest ties of each are kept, and none that is weaker than one left out', () => {
  fc.assert(
    fc.property(edges, fc.integer({ min: 1, max: 4 }), (graph, each) => {
      const kept = strongest(graph, each);
      for (const start of new Set(graph.map(({ from }) => from))) {
        const mine = kept.filter(({ from }) => from === start).map((edge) => edge.weight);
        const all = graph.filter(({ from }) => from === start).map((edge) => edge.weight);
        expect(mine).toHaveLength(Math.min(each, all.length));
        expect(Math.min(...mine)).toBe(all.toSorted((a, b) => b - a)[mine.length - 1]);
      }
    }),
  );
});

test('every two of a list are compared once, the later with the earlier', () => {
  const items = ['x', 'y', 'z'].map((name) => ({ id: name }));
  expect(ties(items, (later) => (later.id === 'z' ? 1 : 0.5), 0.6)).toEqual([
    { from: 'z', to: 'x', weight: 1 },
    { from: 'z', to: 'y', weight: 1 },
  ]);
});
