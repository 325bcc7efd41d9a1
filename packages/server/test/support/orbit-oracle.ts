import { type Zone, zoneCapacities } from '@stellar-memory/protocol';
import type { Orbiting } from '../../src/domain/orbit.js';
import { orbitScore, type ScoreProfile, zoneOf } from '../../src/domain/score.js';

interface Known extends Orbiting {
  readonly id: string;
  readonly doc: number;
  zone: Zone;
}

const isLower = (a: readonly [number, number], b: readonly [number, number]): boolean =>
  a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/**
 * The same rules by brute force: every memory is scored at every step, the moment of leaving is found by halving an
 * interval, and the lowest of a zone by looking at all of it. It shares the score with what it judges, nothing else.
 */
export class OrbitOracle {
  readonly #profile: ScoreProfile;
  readonly #capacities: Readonly<Record<Zone, number | null>>;
  readonly #all: Known[] = [];
  readonly #byId = new Map<string, number>();
  readonly #ranks = new Map<string, number>();

  constructor(
    profile: ScoreProfile,
    capacities: Readonly<Record<Zone, number | null>> = zoneCapacities,
  ) {
    this.#profile = profile;
    this.#capacities = capacities;
  }

  /** Zone of each memory by id. */
  zones(): Map<string, Zone> {
    return new Map(this.#all.map(({ id, zone }) => [id, zone]));
  }

  store(memory: Orbiting & { readonly id: string }): void {
    const known = { ...memory, doc: this.#all.length, zone: 0 as Zone };
    known.zone = this.#natural(known, memory.lastRecalledAt);
    this.#byId.set(memory.id, this.#all.push(known) - 1);
    this.#settle();
  }

  recall(id: string, now: number): void {
    const at = this.#byId.get(id)!;
    const before = this.#all[at]!;
    const memory = { ...before, recallCount: before.recallCount + 1, lastRecalledAt: now };
    this.#all[at] = memory;
    if (memory.pinned) return;
    for (let zone = this.#natural(memory, now); zone < memory.zone; zone = (zone + 1) as Zone) {
      const there = this.#in(zone);
      if (
        there.length >= this.#capacity(zone) &&
        !isLower(this.#rank(this.#lowest(there, zone), zone), this.#rank(memory, zone))
      )
        continue;
      memory.zone = zone;
      break;
    }
    this.#settle();
  }

  sweep(now: number): void {
    for (const memory of this.#all) {
      if (memory.pinned || memory.zone === 4) continue;
      const zone = this.#natural(memory, now);
      if (zone > memory.zone) memory.zone = zone;
    }
    this.#settle();
  }

  #natural(memory: Orbiting, now: number): Zone {
    const secondsSinceRecall = now - memory.lastRecalledAt;
    return zoneOf(this.#profile, orbitScore(this.#profile, { ...memory, secondsSinceRecall }));
  }

  #capacity(zone: Zone): number {
    return this.#capacities[zone] ?? Infinity;
  }

  #in(zone: Zone): Known[] {
    return this.#all.filter((memory) => memory.zone === zone);
  }

  #settle(): void {
    for (const zone of [0, 1, 2, 3] as const) {
      if (this.#capacity(zone) === Infinity) continue;
      for (let there = this.#in(zone); there.length > this.#capacity(zone); there = this.#in(zone))
        this.#lowest(there, zone).zone = (zone + 1) as Zone;
    }
  }

  #lowest(there: readonly Known[], zone: Zone): Known {
    return there.reduce((lowest, memory) =>
      isLower(this.#rank(memory, zone), this.#rank(lowest, zone)) ? memory : lowest,
    );
  }

  /** When the score falls below the zone's floor, else how much of it lasts; then the age. */
  #rank(memory: Known, zone: Zone): readonly [number, number] {
    if (memory.pinned) return [Infinity, -memory.doc];
    const key = `${zone} ${memory.importance} ${memory.recallCount}`;
    const seconds = this.#ranks.get(key) ?? this.#secondsUntilBelow(memory, zone);
    this.#ranks.set(key, seconds);
    return [seconds >= 1e12 ? seconds : memory.lastRecalledAt + seconds, memory.doc];
  }

  #secondsUntilBelow(memory: Orbiting, zone: Zone): number {
    const scoreAfter = (secondsSinceRecall: number) =>
      orbitScore(this.#profile, { ...memory, secondsSinceRecall });
    const floor = this.#profile.zoneFloors.at(zone) ?? -Infinity;
    if (scoreAfter(1e12) >= floor) return 1e12 * (1 + scoreAfter(1e12));
    let [above, below] = [0, 1e12];
    while (below - above > 1e-5) {
      const middle = (above + below) / 2;
      if (scoreAfter(middle) >= floor) above = middle;
      else below = middle;
    }
    return above;
  }
}
