import type { ScoreProfile } from './score.js';

/** The constants of the v1 system, as its recorded behaviour shows them: fresh for 2.8 hours, core after 316 recalls. */
export const v1Profile: ScoreProfile = {
  name: 'v1',
  weights: { recall: 0.3, freshness: 0.3, importance: 0.25, context: 0.15, emotion: 0 },
  recallCeiling: 1_000,
  fading: { kind: 'linear', secondsToZero: 10_000 },
  zoneFloors: [0.8, 0.5, 0.2, 0],
};
