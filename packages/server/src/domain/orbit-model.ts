import { type Zone, zoneCapacities } from '@stellar-memory/protocol';
import { leavesAt, naturalZone, type Orbiting } from './orbit.js';
import type { ScoreProfile } from './score.js';
import { isLower, type Ranked, ZoneOrder } from './zone-order.js';

/** A memory in its zone. */
export interface Placed extends Orbiting {
  readonly id: string;
  /** Order of storing, which decides between equals: the older one goes. */
  readonly doc: number;
  readonly zone: Zone;
}

const capacityOf = (zone: Zone, capacities: Capacities): number => capacities[zone] ?? Infinity;

/** How many memories each zone holds; `null` is unlimited. */
export type Capacities = Readonly<Record<Zone, number | null>>;

/**
 * The orbits of one tenant in memory: what the database's functions `settle_orbits` and `reorbit_due` do, for
 * simulations and as the model that they are tested against.
 *
 * - A memory enters the zone of its score. When that is more than the zone holds, the lowest goes one zone outward, and
 *   on from there; the newcomer when it is the lowest itself. Nothing is dropped.
 * - Time moves a memory outward, at the moment that `leavesAt` names; a recall moves it inward where it finds room or
 *   is higher than the lowest.
 * - What is pinned stays.
 */
export class OrbitModel {
  readonly #profile: ScoreProfile;
  readonly #capacities: Capacities;
  readonly #memories = new Map<string, Placed>();
  readonly #orders: readonly ZoneOrder[] = [0, 1, 2, 3, 4].map(() => new ZoneOrder());
  /** Zone changes so far. */
  moves = 0;

  constructor(profile: ScoreProfile, capacities: Capacities = zoneCapacities) {
    this.#profile = profile;
    this.#capacities = capacities;
  }

  /** Every memory, in the order of storing. */
  get memories(): ReadonlyMap<string, Placed> {
    return this.#memories;
  }

  /** How many memories a zone has. */
  count(zone: Zone): number {
    return this.#orders[zone]!.size;
  }

  /** Stores a memory at its last recall's time. */
  store(memory: Omit<Placed, 'zone' | 'doc'>): void {
    const zone = naturalZone(this.#profile, memory, memory.lastRecalledAt);
    this.#put({ ...memory, zone, doc: this.#memories.size });
    this.#settle();
  }

  /** Counts a recall; the memory rises when its score allows and the zone has room or a lower one. */
  recall(id: string, now: number): void {
    const memory = this.#memories.get(id)!;
    const recalled = { ...memory, recallCount: memory.recallCount + 1, lastRecalledAt: now };
    this.#put(recalled);
    if (recalled.pinned) return;
    const zone = this.#innermost(recalled, now);
    if (zone < recalled.zone) this.#move(recalled, zone);
    this.#settle();
  }

  /** Moves everything that is due outward; answers how many zone changes that made. */
  sweep(now: number): number {
    const before = this.moves;
    for (const order of this.#orders)
      for (const id of order.takeBelow(now)) {
        const memory = this.#memories.get(id)!;
        this.#move(memory, naturalZone(this.#profile, memory, now));
      }
    this.#settle();
    return this.moves - before;
  }

  /** The innermost zone that the score allows and where the memory would not be the one to go. */
  #innermost(memory: Placed, now: number): Zone {
    let zone = naturalZone(this.#profile, memory, now);
    while (zone < memory.zone && !this.#welcomes(zone, memory)) zone = (zone + 1) as Zone;
    return zone;
  }

  #welcomes(zone: Zone, memory: Placed): boolean {
    if (this.count(zone) < capacityOf(zone, this.#capacities)) return true;
    const lowest = this.#orders[zone]!.lowest();
    return lowest !== undefined && isLower(lowest, this.#ranked(memory, zone));
  }

  #settle(): void {
    for (const zone of [0, 1, 2, 3] as const)
      while (this.count(zone) > capacityOf(zone, this.#capacities)) {
        const { id } = this.#orders[zone]!.lowest()!;
        this.#move(this.#memories.get(id)!, (zone + 1) as Zone);
      }
  }

  #move(memory: Placed, zone: Zone): void {
    if (memory.zone !== zone) this.moves += 1;
    this.#orders[memory.zone]!.remove(memory.id);
    this.#put({ ...memory, zone });
  }

  #put(memory: Placed): void {
    this.#memories.set(memory.id, memory);
    this.#orders[memory.zone]!.put(this.#ranked(memory, memory.zone));
  }

  #ranked({ id, doc, ...memory }: Placed, zone: Zone): Ranked {
    const key = leavesAt(this.#profile, memory, zone);
    // Of a zone full of pinned ones the newest has to look elsewhere.
    return { id, doc, key: memory.pinned ? key - doc : key };
  }
}
