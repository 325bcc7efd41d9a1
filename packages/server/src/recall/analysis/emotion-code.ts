import { type Emotion, emotions } from '@stellar-memory/protocol';

/** What an index entry holds of an emotion, in three bits; 0 is none. */
export const emotionCode = (emotion: Emotion | null): number =>
  emotion === null ? 0 : emotions.indexOf(emotion) + 1;
