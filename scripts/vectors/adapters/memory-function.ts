import { zoneCapacities, zoneNames, zones } from '@stellar-memory/protocol';
import { cosineSimilarity } from '../../../packages/server/src/domain/cosine-similarity.js';
import {
  freshnessTerm,
  orbitScore,
  recallTerm,
  type ScoreProfile,
  zoneOf,
} from '../../../packages/server/src/domain/score.js';
import { v1Profile } from '../../../packages/server/src/domain/score-profiles.js';
import type { VectorModule } from '../vector-module.js';

interface Weights {
  readonly w_recall: number;
  readonly w_freshness: number;
  readonly w_arbitrary: number;
  readonly w_context: number;
  readonly w_emotion: number;
}

interface Calculation {
  readonly weights: Weights;
  readonly max_recall: number;
  readonly decay_alpha: number;
  readonly freshness_cap: number;
  readonly recall_count: number;
  readonly seconds_since_recall: number;
  readonly importance: number;
  readonly embedding: readonly number[] | null;
  readonly context_embedding: readonly number[] | null;
  readonly emotion: Readonly<Record<string, number>> | null;
}

/** v1 names a loss a second, and a negative bound at which all is lost; nothing is ever fresh without one. */
const fading = (lossPerSecond: number, bound: number): ScoreProfile['fading'] => ({
  kind: 'linear',
  secondsToZero: Math.max(0, -bound / lossPerSecond),
});

const profileOf = (call: Calculation): ScoreProfile => ({
  ...v1Profile,
  weights: {
    recall: call.weights.w_recall,
    freshness: call.weights.w_freshness,
    importance: call.weights.w_arbitrary,
    context: call.weights.w_context,
    emotion: call.weights.w_emotion,
  },
  recallCeiling: call.max_recall,
  fading: fading(call.decay_alpha, call.freshness_cap),
});

function calculate(call: Calculation): unknown {
  const profile = profileOf(call);
  const { embedding, context_embedding: around } = call;
  const context = embedding && around ? cosineSimilarity(embedding, around) : 0;
  const emotion = Math.max(0, ...Object.values(call.emotion ?? {}));
  const total = orbitScore(profile, {
    recallCount: call.recall_count,
    secondsSinceRecall: call.seconds_since_recall,
    importance: call.importance,
    context,
    emotion,
  });
  return {
    recall: recallTerm(profile, call.recall_count),
    freshness: freshnessTerm(profile, call.seconds_since_recall),
    arbitrary: call.importance,
    context,
    emotion,
    total,
    target_zone: zoneOf(profile, total),
  };
}

function zoneOnStore(given: number): unknown {
  const importance = Math.min(1, Math.max(0, given));
  const total = orbitScore(v1Profile, { recallCount: 0, secondsSinceRecall: 0, importance });
  return { stored_importance: importance, total, zone: zoneOf(v1Profile, total) };
}

const defaultZones = (): unknown =>
  zones.map((zone) => ({
    zone_id: zone,
    name: zoneNames[zone],
    max_slots: zoneCapacities[zone],
    importance_min: v1Profile.zoneFloors.at(zone) ?? -Infinity,
    importance_max: zone === 0 ? Infinity : v1Profile.zoneFloors[zone - 1],
  }));

const defaultWeights = (): unknown => ({
  w_recall: v1Profile.weights.recall,
  w_freshness: v1Profile.weights.freshness,
  w_arbitrary: v1Profile.weights.importance,
  w_context: v1Profile.weights.context,
  w_emotion: v1Profile.weights.emotion,
  max_recall: v1Profile.recallCeiling,
  decay_alpha: v1Profile.fading.kind === 'linear' ? 1 / v1Profile.fading.secondsToZero : null,
  freshness_cap: -1,
});

const number = (value: unknown): number => value as number;

/** The score: every case agrees. */
export const memoryFunction: VectorModule = {
  replays: {
    recall_score: (call) =>
      recallTerm(
        { ...v1Profile, recallCeiling: number(call['max_recall']) },
        number(call['recall_count']),
      ),
    freshness_score: (call) =>
      freshnessTerm(
        {
          ...v1Profile,
          fading: fading(number(call['decay_alpha']), number(call['freshness_cap'])),
        },
        number(call['delta_seconds']),
      ),
    determine_zone: (call) => zoneOf(v1Profile, number(call['total'])),
    cosine_similarity: (call) =>
      cosineSimilarity(call['a'] as readonly number[], call['b'] as readonly number[]),
    calculate: (call) => calculate(call as unknown as Calculation),
    zone_on_store: (call) => zoneOnStore(number(call['importance'])),
    default_zones: defaultZones,
    default_weights: defaultWeights,
  },
};
