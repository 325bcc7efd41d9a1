import type { Zone } from '@stellar-memory/protocol';
import {
  type DecayCurve,
  type DecayRules,
  decayDays,
  decayedBy,
  decayOf,
  v1DecayRules,
} from '../../../packages/server/src/domain/decay.js';
import type { VectorModule } from '../vector-module.js';

interface Config {
  readonly enabled: boolean;
  readonly decay_days: number;
  readonly auto_forget_days: number;
  readonly min_zone_for_decay: Zone;
  readonly adaptive: {
    readonly enabled: boolean;
    readonly importance_weight: number;
    readonly zone_factor: boolean;
  };
}

interface Check {
  readonly config: Config;
  readonly emotion_enabled: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly zone: Zone;
    readonly days: number;
    readonly importance?: number;
    readonly emotion?: Readonly<Record<string, number>>;
  }[];
}

const rulesOf = ({ config, emotion_enabled: byEmotion }: Check): DecayRules => ({
  ...v1DecayRules,
  decayDays: config.decay_days,
  forgetDays: config.auto_forget_days,
  fromZone: config.min_zone_for_decay,
  byEmotion,
  ...(config.adaptive.enabled && {
    adaptive: {
      importanceWeight: config.adaptive.importance_weight,
      byZone: config.adaptive.zone_factor,
    },
  }),
});

function checkDecay(check: Check): unknown {
  const verdicts = check.items.map((item) => ({
    ...item,
    verdict: decayOf(rulesOf(check), {
      zone: item.zone,
      importance: item.importance ?? 0.5,
      idleDays: item.days,
      ...(item.emotion && { emotion: Math.max(0, ...Object.values(item.emotion)) }),
    }),
  }));
  const ask = check.config.enabled ? verdicts : [];
  return {
    // v1 named a zone 5 behind the last; nothing moved there.
    to_demote: ask
      .filter(({ verdict }) => verdict === 'outward')
      .map(({ id, zone }) => [id, zone, zone + 1]),
    to_forget: ask.filter(({ verdict }) => verdict === 'forgotten').map(({ id }) => id),
  };
}

interface Effective {
  readonly decay_days: number;
  readonly auto_forget_days: number;
  readonly importance_weight: number;
  readonly zone_factor: boolean;
  readonly zone: Zone;
  readonly importance: number;
}

function effectiveDays(call: Effective): unknown {
  const { decay, forget } = decayDays(
    {
      ...v1DecayRules,
      decayDays: call.decay_days,
      forgetDays: call.auto_forget_days,
      adaptive: { importanceWeight: call.importance_weight, byZone: call.zone_factor },
    },
    call,
  );
  return { decay_days: decay, forget_days: forget };
}

interface Curve {
  readonly curve: string;
  readonly elapsed_days: number;
  readonly threshold_days: number;
}

/** v1 took any other name for linear. */
const curveOf = (name: string): DecayCurve =>
  name === 'exponential' || name === 'sigmoid' ? name : 'linear';

const applyCurve = ({ curve, elapsed_days: elapsed, threshold_days: threshold }: Curve): number =>
  decayedBy(curveOf(curve), elapsed, threshold);

/** Which memories decay. */
export const decayManager: VectorModule = {
  replays: { check_decay: (call) => checkDecay(call as unknown as Check) },
};

/** How long each of them has. */
export const adaptiveDecay: VectorModule = {
  replays: {
    effective_days: (call) => effectiveDays(call as unknown as Effective),
    apply_curve: (call) => applyCurve(call as unknown as Curve),
  },
};
