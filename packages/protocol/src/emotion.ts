import { z } from 'zod';

/** What a text can express, in the order in which ties are decided. */
export const emotions = ['joy', 'sadness', 'anger', 'fear', 'surprise', 'disgust'] as const;

export const emotion = z
  .enum(emotions, { error: `must be one of ${emotions.join(', ')}` })
  .describe('What the text expresses most, by rules for English and Korean');
export type Emotion = z.output<typeof emotion>;
