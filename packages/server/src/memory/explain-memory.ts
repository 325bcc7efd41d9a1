import { type RecallExplanation, type Zone, zoneNames } from '@stellar-memory/protocol';
import { type ScoreProfile, zoneOf } from '../domain/score.js';
import type { HitExplanation } from '../recall/lexical-index.js';
import { discountOf } from '../recall/ranking/orbit-order.js';
import type { MemoryRecord } from '../storage/statements/memories.js';
import { orbitNow } from './orbit-now.js';

/** How a memory came to its place in the answer and to its zone. */
export function explainMemory(
  record: MemoryRecord,
  { terms, parts }: HitExplanation,
  {
    profile,
    nowSeconds,
    placed,
  }: {
    readonly profile: ScoreProfile;
    readonly nowSeconds: number;
    /** How well it is placed, as its rank was weighed by. */
    readonly placed: number;
  },
): RecallExplanation {
  const orbit = orbitNow(record, { profile, nowSeconds });
  return {
    terms: terms.map((term) => ({ ...term })),
    parts: { ...parts, orbit_discount: discountOf(placed) },
    orbit,
    zone_reason: zoneReason(profile, record),
  };
}

function zoneReason(profile: ScoreProfile, { zone, score }: MemoryRecord): string {
  const fitting = zoneOf(profile, score);
  const shown = `orbit score ${score.toFixed(3)}`;
  if (fitting === zone)
    return `Zone ${zone} (${zoneNames[zone]}): ${shown} is ${boundsOf(profile, zone)}.`;
  return `Zone ${zone} (${zoneNames[zone]}): placed there before; ${shown} alone would put it into zone ${fitting} (${zoneNames[fitting]}).`;
}

function boundsOf({ zoneFloors }: ScoreProfile, zone: Zone): string {
  const floor = zoneFloors.at(zone);
  const ceiling = zone === 0 ? undefined : zoneFloors.at(zone - 1);
  const above = floor === undefined ? [] : [`at least ${floor}`];
  const below = ceiling === undefined ? [] : [`below ${ceiling}`];
  return [...above, ...below].join(' and ');
}
