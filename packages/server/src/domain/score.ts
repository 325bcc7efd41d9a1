import type { Zone } from '@stellar-memory/protocol';

/** Constants of the orbit score. One object, so that a profile can be named, tested and swapped whole. */
export interface ScoreProfile {
  readonly recallWeight: number;
  readonly freshnessWeight: number;
  readonly importanceWeight: number;
  readonly contextWeight: number;
  /** Recalls at which the recall term reaches 1. */
  readonly recallCeiling: number;
  /** Freshness lost a second since the last recall. */
  readonly freshnessLossPerSecond: number;
  /** Lowest freshness. */
  readonly freshnessFloor: number;
  /** Lowest score of zones 0 to 3; below the last is zone 4. */
  readonly zoneFloors: readonly [number, number, number, number];
}

/** The constants of the v1 system, as its recorded behaviour shows them. */
export const v1Profile: ScoreProfile = {
  recallWeight: 0.3,
  freshnessWeight: 0.3,
  importanceWeight: 0.25,
  contextWeight: 0.15,
  recallCeiling: 1_000,
  freshnessLossPerSecond: 0.0001,
  freshnessFloor: -1,
  zoneFloors: [0.8, 0.5, 0.2, 0],
};

/** What the score of one memory depends on. */
export interface ScoreInput {
  readonly recallCount: number;
  readonly secondsSinceRecall: number;
  /** 0 to 1. */
  readonly importance: number;
  /** Likeness to the current context, 0 to 1. */
  readonly context?: number;
}

/** R: logarithmic in the recalls, 0 to 1. */
export const recallTerm = (profile: ScoreProfile, recallCount: number): number =>
  recallCount <= 0
    ? 0
    : Math.min(1, Math.log(1 + recallCount) / Math.log(1 + profile.recallCeiling));

/** F: 1 when just recalled, falling linearly to the floor. */
export const freshnessTerm = (profile: ScoreProfile, secondsSinceRecall: number): number =>
  Math.max(
    profile.freshnessFloor,
    1 - profile.freshnessLossPerSecond * Math.max(0, secondsSinceRecall),
  );

/** The weighted terms of the score; it is their sum. */
export interface ScoreParts {
  readonly recall: number;
  readonly freshness: number;
  readonly importance: number;
  readonly context: number;
}

/** What each term adds to the score. */
export const scoreParts = (profile: ScoreProfile, input: ScoreInput): ScoreParts => ({
  recall: profile.recallWeight * recallTerm(profile, input.recallCount),
  freshness: profile.freshnessWeight * freshnessTerm(profile, input.secondsSinceRecall),
  importance: profile.importanceWeight * input.importance,
  context: profile.contextWeight * (input.context ?? 0),
});

/** I(m) = w_r R + w_f F + w_a A + w_c C. */
export function orbitScore(profile: ScoreProfile, input: ScoreInput): number {
  const { recall, freshness, importance, context } = scoreParts(profile, input);
  return recall + freshness + importance + context;
}

/** The zone a score belongs to, before any capacity is looked at. */
export function zoneOf(profile: ScoreProfile, score: number): Zone {
  const zone = profile.zoneFloors.findIndex((floor) => score >= floor);
  return (zone === -1 ? 4 : zone) as Zone;
}
