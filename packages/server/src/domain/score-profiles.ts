import type { ScoreProfile } from './score.js';

/** The constants of the v1 system, as its recorded behaviour shows them: fresh for 2.8 hours, core after 316 recalls. */
export const v1Profile: ScoreProfile = {
  name: 'v1',
  weights: { recall: 0.3, freshness: 0.3, importance: 0.25, context: 0.15, emotion: 0 },
  recallCeiling: 1_000,
  fading: { kind: 'linear', secondsToZero: 10_000 },
  zoneFloors: [0.8, 0.5, 0.2, 0],
};

/** A profile that the database can rank by: its freshness halves. */
export type OrbitProfile = ScoreProfile & {
  readonly fading: Extract<ScoreProfile['fading'], { kind: 'half-life' }>;
};

/**
 * What is in force. The formula is v1's; `docs/adr/orbit-profile.md` has the year by which the constants were chosen.
 * Without a recall a memory of importance 1 is in the core for 5 days, in the inner zone for 14 and in the outer one
 * for 59; an ordinary one (0.5) is in the outer zone for 17 days and in the cloud after 59.
 */
export const defaultProfile: OrbitProfile = {
  name: 'default',
  weights: { recall: 0.2, freshness: 0.35, importance: 0.3, context: 0.15, emotion: 0 },
  recallCeiling: 100,
  fading: { kind: 'half-life', halfLifeDays: 21 },
  zoneFloors: [0.6, 0.52, 0.35, 0.2],
};
