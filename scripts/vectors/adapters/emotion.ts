import {
  analyseEmotion,
  dominantOf,
  type EmotionVector,
  intensityOf,
} from '../../../packages/server/src/domain/context/emotion.js';
import type { VectorModule } from '../vector-module.js';

const nothing: EmotionVector = {
  joy: 0,
  sadness: 0,
  anger: 0,
  fear: 0,
  surprise: 0,
  disgust: 0,
};

const summed = (vector: EmotionVector): object => ({
  intensity: intensityOf(vector),
  dominant: dominantOf(vector),
});

/** Emotions by rules, reachable as `emotion` of every memory. */
export const emotion: VectorModule = {
  replays: {
    analyze_rules: ({ text }) => {
      const vector = analyseEmotion(text as string);
      return { ...vector, ...summed(vector) };
    },
    vector: (shares) => {
      const vector = { ...nothing, ...(shares as Partial<EmotionVector>) };
      return { list: Object.values(vector), ...summed(vector) };
    },
    disabled: () => analyseEmotion('happy'),
  },
  differences: [
    {
      reason: 'exclamation marks alone are no joy: "The server is down!!"',
      covers: ({ fn, in: { text } }) => fn === 'analyze_rules' && text === '!!!',
    },
    {
      reason: 'there is no switch: what is derived when it is read costs nothing to keep',
      covers: ({ fn }) => fn === 'disabled',
    },
  ],
};
