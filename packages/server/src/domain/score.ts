import type { Zone } from '@stellar-memory/protocol';

/** How much each term adds to the score at most. Only the terms that a memory has count. */
export interface ScoreWeights {
  readonly recall: number;
  readonly freshness: number;
  readonly importance: number;
  readonly context: number;
  readonly emotion: number;
}

/** How freshness falls from 1: evenly to 0, as in v1, or by half in every half-life. */
export type Fading =
  | { readonly kind: 'linear'; readonly secondsToZero: number }
  | { readonly kind: 'half-life'; readonly halfLifeDays: number };

/** Constants of the orbit score. One object, so that a profile can be named, tested and swapped whole. */
export interface ScoreProfile {
  readonly name: string;
  readonly weights: ScoreWeights;
  /** Recalls at which the recall term reaches 1. */
  readonly recallCeiling: number;
  readonly fading: Fading;
  /** Lowest score of zones 0 to 3; below the last is zone 4. */
  readonly zoneFloors: readonly [number, number, number, number];
}

/** What the score of one memory depends on. */
export interface ScoreInput {
  readonly recallCount: number;
  readonly secondsSinceRecall: number;
  /** 0 to 1. */
  readonly importance: number;
  /** Likeness to the current context, 0 to 1. */
  readonly context?: number;
  /** Strength of its strongest emotion, 0 to 1. */
  readonly emotion?: number;
}

const secondsPerDay = 86_400;

/** R: logarithmic in the recalls, 0 to 1. */
export const recallTerm = ({ recallCeiling }: ScoreProfile, recallCount: number): number =>
  recallCount <= 0 ? 0 : Math.min(1, Math.log(1 + recallCount) / Math.log(1 + recallCeiling));

/** F: 1 when just recalled, towards 0 as it ages. */
export function freshnessTerm({ fading }: ScoreProfile, secondsSinceRecall: number): number {
  const seconds = Math.max(0, secondsSinceRecall);
  if (fading.kind === 'half-life') return 2 ** (-seconds / (fading.halfLifeDays * secondsPerDay));
  return fading.secondsToZero <= 0 ? 0 : Math.max(0, 1 - seconds / fading.secondsToZero);
}

/** Seconds after the last recall at which freshness has fallen to `freshness`, which is above 0 and at most 1. */
export const secondsToFreshness = ({ fading }: ScoreProfile, freshness: number): number =>
  fading.kind === 'half-life'
    ? -Math.log2(freshness) * fading.halfLifeDays * secondsPerDay
    : (1 - freshness) * fading.secondsToZero;

/** The weighted terms of the score; it is their sum. */
export type ScoreParts = ScoreWeights;

/** What each term adds to the score. */
export const scoreParts = (profile: ScoreProfile, input: ScoreInput): ScoreParts => ({
  recall: profile.weights.recall * recallTerm(profile, input.recallCount),
  freshness: profile.weights.freshness * freshnessTerm(profile, input.secondsSinceRecall),
  importance: profile.weights.importance * input.importance,
  context: profile.weights.context * (input.context ?? 0),
  emotion: profile.weights.emotion * (input.emotion ?? 0),
});

/** I(m) = w_r R + w_f F + w_a A + w_c C + w_e E. */
export function orbitScore(profile: ScoreProfile, input: ScoreInput): number {
  const { recall, freshness, importance, context, emotion } = scoreParts(profile, input);
  return recall + freshness + importance + context + emotion;
}

/** The zone a score belongs to, before any capacity is looked at. */
export function zoneOf({ zoneFloors }: ScoreProfile, score: number): Zone {
  const zone = zoneFloors.findIndex((floor) => score >= floor);
  return (zone === -1 ? 4 : zone) as Zone;
}
