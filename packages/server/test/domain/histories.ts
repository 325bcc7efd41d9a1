import type { Json, MemoryField } from '@stellar-memory/protocol';
import fc from 'fast-check';
import type { Stamp } from '../../src/domain/hybrid-clock.js';
import {
  applyOp,
  entriesOf,
  type MemoryState,
  type Registers,
  type StampedOp,
} from '../../src/domain/merge.js';

/** What one replica did to the one memory of a history. */
export interface Deed {
  readonly mid: number;
  readonly op: StampedOp;
}

/** A server that has one memory: remembers mutations, as the real one does, and merges. */
export class ModelServer {
  state: MemoryState = { is: 'absent' };
  readonly #seen = new Set<number>();

  receive({ mid, op }: Deed): void {
    if (this.#seen.has(mid)) return;
    this.#seen.add(mid);
    this.state = applyOp(this.state, op).state;
  }

  receiveAll(deeds: readonly Deed[]): this {
    for (const deed of deeds) this.receive(deed);
    return this;
  }

  /** Everything there is, as text. */
  get print(): string {
    return printState(this.state);
  }
}

/** A state as text, whatever the order of its keys. */
export const printState = (state: MemoryState): string =>
  state.is === 'live'
    ? JSON.stringify([entriesOf(state.fields), state.recalls, state.lastRecalledAt])
    : state.is;

/** Few moments, counters and agents, so that most histories have ties. */
const stamp: fc.Arbitrary<Stamp> = fc
  .tuple(fc.nat(6), fc.nat(2), fc.constantFrom('', 'a', 'b'))
  .map(([ms, counter, by]) => ({ ms, counter, by }));

const values: Readonly<Partial<Record<MemoryField, readonly Json[]>>> = {
  content: ['red', 'green', 'blue'],
  importance: [0, 0.5, 1],
  metadata: [{ tags: ['x'] }, { a: 1, b: 2 }, {}],
  pinned: [true, false, true],
  speaker: [null, 'kim', 'lee'],
};
const fields = Object.keys(values) as (keyof typeof values)[];

/** What an edit gives: one to three fields, all with its one stamp. */
export const registers: fc.Arbitrary<Registers> = fc
  .tuple(stamp, fc.nat(4), fc.nat(4), fc.nat(2))
  .map(([at, first, second, value]) => ({
    [fields[first]!]: { value: values[fields[first]!]![value]!, stamp: at },
    [fields[second]!]: { value: values[fields[second]!]![value]!, stamp: at },
  }));

const edit = registers.map((edited): StampedOp => ({ op: 'edit', fields: edited }));
const storeAgain = registers.map((again): StampedOp => ({ op: 'store', fields: again }));
const recalled = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.nat(9))
  .map(([times, at]): StampedOp => ({ op: 'recalled', times, at }));
const forget = fc.constant<StampedOp>({ op: 'forget' });

const later: fc.Arbitrary<StampedOp> = fc.oneof(
  { weight: 80, arbitrary: edit },
  { weight: 30, arbitrary: recalled },
  { weight: 10, arbitrary: storeAgain },
  { weight: 3, arbitrary: forget },
);

/** A memory is stored, then up to nine things happen to it; and two orders in which they may arrive, with repeats. */
export const history: fc.Arbitrary<{
  readonly first: readonly Deed[];
  readonly second: readonly Deed[];
}> = fc
  .tuple(
    registers,
    fc.array(later, { minLength: 1, maxLength: 9 }),
    fc.array(fc.nat(1_000), { minLength: 14, maxLength: 14 }),
  )
  .map(([stored, ops, keys]) => {
    const birth: Deed = { mid: 0, op: { op: 'store', fields: stored } };
    const rest = ops.map((op, index): Deed => ({ mid: index + 1, op }));
    const repeats = [birth, ...rest].filter((_, index) => keys[index]! % 3 === 0);
    return { first: [birth, ...rest], second: [birth, ...shuffled([...rest, ...repeats], keys)] };
  });

/** In an order that the keys give. */
const shuffled = (deeds: readonly Deed[], keys: readonly number[]): Deed[] =>
  deeds
    .map((deed, index) => ({ deed, key: (keys[index % keys.length]! * 31 + index * 17) % 101 }))
    .sort((a, b) => a.key - b.key)
    .map(({ deed }) => deed);
