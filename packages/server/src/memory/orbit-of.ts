import type { MemoryOrbit, Zone } from '@stellar-memory/protocol';
import { naturalZone, nextZoneChange, type Orbiting } from '../domain/orbit.js';
import { orbitScore, type ScoreProfile, scoreParts } from '../domain/score.js';
import type { MemoryRecord } from '../storage/statements/memories.js';

/** What decides where a stored memory is. */
const asOrbiting = (record: MemoryRecord): Orbiting => ({
  importance: record.importance,
  recallCount: record.recallCount,
  lastRecalledAt: record.lastRecalledAt ?? record.createdAt,
  pinned: record.pinned,
});

/** Score and zone of a memory at this moment, before any capacity is looked at. */
export function orbitNow(
  profile: ScoreProfile,
  record: MemoryRecord,
  now: number,
): { readonly score: number; readonly zone: Zone } {
  const orbiting = asOrbiting(record);
  const secondsSinceRecall = now - orbiting.lastRecalledAt;
  return {
    score: orbitScore(profile, { ...orbiting, secondsSinceRecall }),
    zone: naturalZone(profile, orbiting, now),
  };
}

/** The score as it is now with its parts, and when the memory will fade to where if nobody needs it. */
export function orbitOf(profile: ScoreProfile, record: MemoryRecord, now: number): MemoryOrbit {
  const orbiting = asOrbiting(record);
  const secondsSinceRecall = now - orbiting.lastRecalledAt;
  return {
    score: orbitScore(profile, { ...orbiting, secondsSinceRecall }),
    ...scoreParts(profile, { ...orbiting, secondsSinceRecall }),
    ...fadeOf(profile, record, now),
  };
}

/** What was due before is due now, and goes where it belongs by now. */
function fadeOf(
  profile: ScoreProfile,
  record: MemoryRecord,
  now: number,
): Pick<MemoryOrbit, 'fades_at' | 'fades_to'> {
  const orbiting = asOrbiting(record);
  const fade = nextZoneChange(profile, orbiting, record.zone);
  if (fade === undefined) return { fades_at: null, fades_to: null };
  if (fade.at >= now) return { fades_at: fade.at, fades_to: fade.to };
  return { fades_at: now, fades_to: naturalZone(profile, orbiting, now) };
}
