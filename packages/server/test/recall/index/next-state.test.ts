import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IndexState } from '../../../src/recall/index/index-state.js';
import { nextState } from '../../../src/recall/index/next-state.js';
import { documentOf, entryOf, expectExact, type TestDocument } from './model.js';

const words = ['a', 'b', 'c'];

const document: fc.Arbitrary<TestDocument> = fc
  .record({
    words: fc.array(fc.constantFrom(...words), { maxLength: 4 }),
    sessionId: fc.option(fc.constantFrom('s1', 's2', 's3', 's4')),
    speaker: fc.option(fc.constantFrom('Ann', 'Bo', 'Cy')),
  })
  .map(({ words: chosen, ...facts }) => documentOf(chosen, facts));

interface Known {
  readonly state: IndexState | undefined;
  readonly live: ReadonlyMap<number, TestDocument>;
}

/** What a recall makes of a state it knows: documents that came since, documents that died. */
function follow(known: Known, came: readonly TestDocument[], places: readonly number[]): Known {
  const nextDoc = known.state?.nextDoc ?? 0;
  const live = new Map(known.live);
  const recent = came.map((each, index) => {
    live.set(nextDoc + index, each);
    return { doc: nextDoc + index, entry: entryOf(each) };
  });
  const dead = places.flatMap((place) => [...live.keys()].slice(place, place + 1));
  for (const doc of dead) live.delete(doc);
  const state = nextState(known.state, {
    head: {
      version: (known.state?.version ?? 0) + 1,
      generation: 0,
      nextDoc: nextDoc + came.length,
      memories: live.size,
    },
    segments: undefined,
    heads: new Map(),
    recent,
    dead: Uint32Array.from(dead),
  });
  return { state, live };
}

describe('a state', () => {
  test('stays as it is whatever others make of it, and so do they', () => {
    const step = fc.record({
      from: fc.nat(20),
      came: fc.array(document, { maxLength: 5 }),
      places: fc.array(fc.nat(10), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const all: Known[] = [follow({ state: undefined, live: new Map() }, [], [])];
        for (const { from, came, places } of steps)
          all.push(follow(all[from % all.length]!, came, places));
        for (const { state, live } of all) expectExact(state!, live, words);
      }),
    );
    expect.hasAssertions();
  });
});
