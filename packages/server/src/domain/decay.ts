import type { Zone } from '@stellar-memory/protocol';

/** When a memory that nobody recalls moves outward, and when it is given up. Days since its last recall. */
export interface DecayRules {
  readonly decayDays: number;
  readonly forgetDays: number;
  /** Zones further in than this one do not decay. */
  readonly fromZone: Zone;
  /** Days by importance and zone; absent, they are the same for all. */
  readonly adaptive?: { readonly importanceWeight: number; readonly byZone: boolean };
  /** Whether what was felt strongly, or hardly at all, lasts longer. */
  readonly byEmotion: boolean;
}

/**
 * The rules of v1, as its recorded behaviour shows them (`npm run check:vectors`). Of them the server
 * applies the one by which a memory is given up, with the days that its owner chose (`forgetting.ts`).
 */
export const v1DecayRules: DecayRules = {
  decayDays: 30,
  forgetDays: 90,
  fromZone: 2,
  byEmotion: false,
};

/** What decay looks at. */
export interface Decaying {
  readonly zone: Zone;
  readonly importance: number;
  /** Days since the last recall, else since it was stored. */
  readonly idleDays: number;
  /** Strength of its strongest emotion, 0 to 1. */
  readonly emotion?: number;
}

/** Days that a memory has, by the rules and what it is. */
export function decayDays(
  rules: DecayRules,
  { zone, importance, emotion }: Omit<Decaying, 'idleDays'>,
): { readonly decay: number; readonly forget: number } {
  const { adaptive, byEmotion } = rules;
  const lasting = adaptive === undefined ? 1 : 0.5 + importance * adaptive.importanceWeight;
  const felt = byEmotion && emotion !== undefined ? emotionFactor(emotion) : 1;
  const placed = adaptive?.byZone === true ? zoneFactor(zone) : 1;
  return {
    decay: rules.decayDays * lasting * felt * placed,
    forget: rules.forgetDays * lasting * felt,
  };
}

/** v1 gave the inner zone longer and the outermost two half; the core, oddly, no more than the outer zone. */
const zoneFactor = (zone: Zone): number => (zone === 1 ? 1.5 : zone >= 3 ? 0.5 : 1);

/** v1 kept what was felt strongly twice as long, and what was hardly felt half as long again. */
const emotionFactor = (emotion: number): number => (emotion >= 0.7 ? 2 : emotion <= 0.3 ? 1.5 : 1);

/** What becomes of a memory: it stays, moves one zone outward where there is one, or is given up from the cloud. */
export function decayOf(rules: DecayRules, memory: Decaying): 'stays' | 'outward' | 'forgotten' {
  const days = decayDays(rules, memory);
  if (memory.zone === 4 && memory.idleDays > days.forget) return 'forgotten';
  return memory.zone >= rules.fromZone && memory.idleDays > days.decay ? 'outward' : 'stays';
}

/** How decay sets in behind its threshold. */
export type DecayCurve = 'linear' | 'exponential' | 'sigmoid';

/** How far a memory has decayed, 0 to 1: nothing before the threshold, by the curve over the same time again. */
export function decayedBy(curve: DecayCurve, elapsedDays: number, thresholdDays: number): number {
  if (elapsedDays < thresholdDays) return 0;
  const over = elapsedDays / thresholdDays - 1;
  if (curve === 'exponential') return 1 - Math.exp(-over);
  return curve === 'sigmoid' ? 1 / (1 + Math.exp(-5 * over)) : Math.min(1, over);
}
