import { type Zone, zones } from '@stellar-memory/protocol';
import { naturalZone, type Orbiting } from '../../../packages/server/src/domain/orbit.js';
import { orbitScore } from '../../../packages/server/src/domain/score.js';
import { v1Profile } from '../../../packages/server/src/domain/score-profiles.js';
import { ZoneOrder } from '../../../packages/server/src/domain/zone-order.js';
import type { VectorModule } from '../vector-module.js';

interface Item {
  readonly id: string;
  readonly zone: Zone;
  readonly score: number;
}

type Slots = readonly (number | null)[];

/** Puts items where they belong, in turn; the lowest of a zone that holds too many goes outward, as in the database. */
function place(items: readonly Item[], slots: Slots): Map<string, Item> {
  const orders = zones.map(() => new ZoneOrder());
  const placed = new Map<string, Item>();
  const put = (item: Item): void => {
    const { id, zone, score } = item;
    placed.set(id, item);
    orders[zone]!.put({ id, doc: items.findIndex((one) => one.id === id), key: score });
  };
  for (const item of items) {
    put(item);
    for (const zone of [0, 1, 2, 3] as const)
      while (orders[zone]!.size > (slots[zone] ?? Infinity)) {
        const { id } = orders[zone]!.lowest()!;
        orders[zone]!.remove(id);
        put({ ...placed.get(id)!, zone: (zone + 1) as Zone });
      }
  }
  return placed;
}

const shown = (items: Iterable<Item>): Record<string, [string, number][]> => {
  const all = [...items];
  const of = (zone: Zone) => all.filter((item) => item.zone === zone);
  return Object.fromEntries(
    zones.map((zone) => [String(zone), of(zone).map(({ id, score }) => [id, score])]),
  );
};

interface Placing {
  readonly max_slots: Slots;
  readonly ops: readonly {
    readonly id: string;
    readonly target_zone: Zone;
    readonly score: number;
  }[];
}

function placeSequence({ max_slots: slots, ops }: Placing): unknown {
  const items = ops.map(({ target_zone: zone, ...op }) => ({ ...op, zone }));
  return items.every(({ zone }) => zones.includes(zone))
    ? shown(place(items, slots).values())
    : null;
}

interface Reorbit {
  readonly max_slots: Slots;
  readonly items: readonly {
    readonly id: string;
    readonly zone: Zone;
    readonly recall_count: number;
    readonly seconds_since_recall: number;
    readonly importance: number;
  }[];
}

/** All at once, as after a long time: v1 shows the best of a zone first. */
function reorbit({ max_slots: slots, items }: Reorbit, now: number): unknown {
  const judged = items.map(
    ({ id, recall_count: recallCount, seconds_since_recall: secondsSinceRecall, importance }) => {
      const memory: Orbiting = {
        importance,
        recallCount,
        lastRecalledAt: now - secondsSinceRecall,
        pinned: false,
      };
      const score = orbitScore(v1Profile, { recallCount, secondsSinceRecall, importance });
      return { id, score, zone: naturalZone(v1Profile, memory, now) };
    },
  );
  const best = judged.toSorted((one, other) => other.score - one.score);
  const placed = place(best, slots);
  return {
    moved: items.filter(({ id, zone }) => placed.get(id)!.zone !== zone).length,
    evicted: 0,
    total_items: items.length,
    zones: shown(placed.values()),
  };
}

/** `orbit_manager.json`. */
export const orbitManager: VectorModule = {
  inPart: true,
  replays: {
    place_sequence: (call) => placeSequence(call as unknown as Placing),
    reorbit: (call, { now }) => reorbit(call as unknown as Reorbit, now),
    move: () => undefined,
  },
  differences: [
    {
      reason: 'nobody moves a memory by hand: its score does, or a pin',
      covers: ({ fn }) => fn === 'move',
    },
    {
      reason:
        'a newcomer never displaces a better one: the lowest goes outward, be it the newcomer',
      covers: ({ fn, note }) =>
        (fn === 'place_sequence' && !/dropped|clamped/.test(note ?? '')) || fn === 'reorbit',
    },
    {
      reason: 'nothing is dropped: the last two zones hold as much as there is',
      covers: ({ note }) => /dropped/.test(note ?? ''),
    },
    { reason: 'there are five zones', covers: ({ note }) => /clamped/.test(note ?? '') },
  ],
};
