import { type Zone, zones } from '@stellar-memory/protocol';
import { recallTerm, type ScoreProfile, secondsToFreshness } from './score.js';

/** What decides where a memory is. Times are epoch seconds. */
export interface Orbiting {
  /** 0 to 1. */
  readonly importance: number;
  readonly recallCount: number;
  /** When it was recalled last, else when it was stored. */
  readonly lastRecalledAt: number;
  readonly pinned: boolean;
}

/** `leavesAt` from here on means: not by itself. Finite, so that it can be stored and sorted; the year is 33,658. */
export const never = 1e12;
/** `leavesAt` of what is pinned: behind everything else that stays. */
const pinnedAt = 1e13;

/** The part of the score that time does not take. */
const lastingScore = (profile: ScoreProfile, memory: Orbiting): number =>
  profile.weights.recall * recallTerm(profile, memory.recallCount) +
  profile.weights.importance * memory.importance;

/**
 * The moment after which the score is below the zone's floor when nothing happens, in closed form: epoch seconds, 0
 * when it is below already at its freshest, `never` or later when it stays.
 *
 * It also ranks the memories of a zone: the lowest is the one that has to leave first. Unlike the score of now, which
 * changes from second to second and not alike for all, this changes only when something happens to the memory, so that
 * it can be stored and indexed. What stays for ever ranks by the part of its score that lasts.
 */
export function leavesAt(profile: ScoreProfile, memory: Orbiting, zone: Zone): number {
  if (memory.pinned) return pinnedAt;
  const lasting = lastingScore(profile, memory);
  const floor = profile.zoneFloors.at(zone) ?? -Infinity;
  const freshness = (floor - lasting) / profile.weights.freshness;
  if (freshness <= 0) return never * (1 + lasting);
  return freshness > 1 ? 0 : memory.lastRecalledAt + secondsToFreshness(profile, freshness);
}

/** The zone of the score at a moment, before any capacity is looked at. */
export const naturalZone = (profile: ScoreProfile, memory: Orbiting, now: number): Zone =>
  zones.find((zone) => now <= leavesAt(profile, { ...memory, pinned: false }, zone)) ?? 4;

/** When a memory fades out of its zone and into which, if nobody needs it until then. */
export interface Fade {
  /** Epoch seconds. */
  readonly at: number;
  readonly to: Zone;
}

/** The next zone change that time alone brings; `undefined` when there is none. */
export function nextZoneChange(
  profile: ScoreProfile,
  memory: Orbiting,
  zone: Zone,
): Fade | undefined {
  const at = leavesAt(profile, memory, zone);
  if (at >= never) return undefined;
  const to = zones.find((next) => next > zone && leavesAt(profile, memory, next) > at);
  return { at, to: to ?? 4 };
}
