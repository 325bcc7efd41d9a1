import { evaluateImportance } from '../../../packages/server/src/domain/context/importance.js';
import type { VectorModule } from '../vector-module.js';

/** `POST /api/v1/evaluate`. */
export const importanceEvaluator: VectorModule = {
  replays: {
    rule_based: ({ text }) => ({ ...evaluateImportance(text as string), method: 'rule' }),
    disabled: ({ text }) => evaluateImportance(text as string),
  },
  differences: [
    {
      reason: 'there is no switch: a store takes its importance from the caller',
      covers: ({ fn }) => fn === 'disabled',
    },
  ],
};
