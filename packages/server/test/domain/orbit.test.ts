import type { Zone } from '@stellar-memory/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  leavesAt,
  naturalZone,
  never,
  nextZoneChange,
  type Orbiting,
} from '../../src/domain/orbit.js';
import { orbitScore, type ScoreProfile, zoneOf } from '../../src/domain/score.js';
import { defaultProfile, v1Profile } from '../../src/domain/score-profiles.js';

const day = 86_400;
const now = 1_700_000_000;

const orbiting = fc.record({
  importance: fc.double({ min: 0, max: 1, noNaN: true }),
  recallCount: fc.integer({ min: 0, max: 300 }),
  lastRecalledAt: fc.integer({ min: now - 400 * day, max: now }),
  pinned: fc.constant(false),
});

const scoreAt = (profile: ScoreProfile, memory: Orbiting, at: number): number =>
  orbitScore(profile, { ...memory, secondsSinceRecall: at - memory.lastRecalledAt });

const stored = (importance: number): Orbiting => ({
  importance,
  recallCount: 0,
  lastRecalledAt: now,
  pinned: false,
});

/** Zone of an untouched memory so many days after it was stored. */
const zoneAfter = (importance: number, days: number): Zone =>
  naturalZone(defaultProfile, stored(importance), now + days * day);

describe.each([v1Profile, defaultProfile])(
  'the moment of leaving a zone by profile $name',
  (profile) => {
    it('is where the score crosses the floor', () => {
      fc.assert(
        fc.property(orbiting, fc.constantFrom<Zone>(0, 1, 2, 3), (memory, zone) => {
          const floor = profile.zoneFloors[zone as 0 | 1 | 2 | 3];
          const at = leavesAt(profile, memory, zone);
          if (at >= never)
            expect(scoreAt(profile, memory, now + 1e4 * day)).toBeGreaterThanOrEqual(floor);
          else if (at === 0)
            expect(scoreAt(profile, memory, memory.lastRecalledAt)).toBeLessThan(floor);
          else {
            expect(scoreAt(profile, memory, at - 1)).toBeGreaterThanOrEqual(floor - 1e-12);
            expect(scoreAt(profile, memory, at + 1)).toBeLessThan(floor + 1e-12);
          }
        }),
      );
    });

    it('gives the zone that the score gives', () => {
      fc.assert(
        fc.property(orbiting, fc.integer({ min: 0, max: 900 * day }), (memory, later) => {
          const at = memory.lastRecalledAt + later;
          const score = scoreAt(profile, memory, at);
          fc.pre(profile.zoneFloors.every((floor) => Math.abs(score - floor) > 1e-9));
          expect(naturalZone(profile, memory, at)).toBe(zoneOf(profile, score));
        }),
      );
    });

    it('is later after a recall, so that what was stored before bounds it from below', () => {
      fc.assert(
        fc.property(orbiting, fc.constantFrom<Zone>(0, 1, 2, 3, 4), (memory, zone) => {
          const recalled = { ...memory, recallCount: memory.recallCount + 1, lastRecalledAt: now };
          expect(leavesAt(profile, recalled, zone)).toBeGreaterThanOrEqual(
            leavesAt(profile, memory, zone),
          );
        }),
      );
    });
  },
);

describe('the default profile', () => {
  it('reaches the core by importance alone, and the cloud by neglect', () => {
    expect(zoneAfter(1, 0)).toBe(0);
    expect(zoneAfter(0.5, 60)).toBe(4);
    expect(zoneAfter(0.2, 60)).toBe(4);
  });

  it('puts what is fresh and ordinary into the outer zone, and further in after a recall', () => {
    expect(zoneAfter(0.5, 0)).toBe(2);
    expect(naturalZone(defaultProfile, { ...stored(0.5), recallCount: 1 }, now)).toBe(1);
  });

  it('never lets a memory of importance 1 drift into the cloud', () => {
    expect(zoneAfter(1, 10_000)).toBe(3);
  });

  it('says when a memory fades and to where', () => {
    const fade = nextZoneChange(defaultProfile, stored(0.5), 2)!;
    expect(fade.to).toBe(3);
    expect(naturalZone(defaultProfile, stored(0.5), fade.at)).toBe(2);
    expect(naturalZone(defaultProfile, stored(0.5), fade.at + 1)).toBe(3);
    expect(nextZoneChange(defaultProfile, stored(0.5), 4)).toBeUndefined();
    expect(nextZoneChange(defaultProfile, { ...stored(0.5), pinned: true }, 2)).toBeUndefined();
  });
});
