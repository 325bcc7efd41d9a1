import { type Emotion, emotions } from '@stellar-memory/protocol';
import { anyEmotionWord, emotionOfWord, patternsOf } from './emotion-signs.js';

/** How much of each emotion a text shows, 0 to 1. */
export type EmotionVector = Readonly<Record<Emotion, number>>;

/** Characters of a text that are looked at: a memory of 32 KB costs no more than a page of one. */
export const emotionCharacters = 2_000;

/**
 * The emotions of a text by rules: the share of the kinds of signs that are there (English words, Korean words, emoji;
 * for joy also repeated exclamation marks, which emphasise a joy that is there but are none by themselves).
 * A word that is denied (not happy, 기쁘지 않다) is no sign. The scale is v2's.
 */
export function analyseEmotion(text: string): EmotionVector {
  const looked = text.slice(0, emotionCharacters);
  const words = wordsOf(looked);
  const korean = /[가-힣]/.test(looked);
  const pictures = /\p{Extended_Pictographic}/u.test(looked);
  const kinds = (emotion: Emotion): number =>
    Number(words.has(emotion)) +
    Number(korean && patternsOf[emotion].korean.test(looked)) +
    Number(pictures && patternsOf[emotion].emoji.test(looked));
  const joy = kinds('joy');
  const emphasis = joy > 0 && looked.includes('!!') ? 1 : 0;
  return {
    joy: (joy + emphasis) / 4,
    sadness: kinds('sadness') / 3,
    anger: kinds('anger') / 3,
    fear: kinds('fear') / 3,
    surprise: kinds('surprise') / 3,
    disgust: kinds('disgust') / 3,
  };
}

/** The greatest of the six. */
export const intensityOf = (vector: EmotionVector): number =>
  Math.max(...emotions.map((emotion) => vector[emotion]));

/** The emotion with the greatest share, the first in their order when several have it; `joy` of no emotion at all. */
export function dominantOf(vector: EmotionVector): Emotion {
  const intensity = intensityOf(vector);
  return emotions.find((emotion) => vector[emotion] === intensity) ?? 'joy';
}

/** What a text expresses most; `null` when it expresses nothing. */
export function emotionOf(text: string): Emotion | null {
  const vector = analyseEmotion(text);
  return intensityOf(vector) === 0 ? null : dominantOf(vector);
}

/** Words between a denial and what it denies: not so very happy. */
const deniedWithin = 3;

function wordsOf(text: string): Set<Emotion> {
  const found = new Set<Emotion>();
  const lower = text.toLowerCase();
  // Most texts have none; to ask that first costs a fifth of going through their words.
  if (!anyEmotionWord.test(lower)) return found;
  let denied = 0;
  for (const [word] of lower.matchAll(/[a-z]+(?:['’][a-z]+)?|[.,;:!?]/g)) {
    const emotion = emotionOfWord.get(word);
    if (emotion !== undefined && denied === 0) found.add(emotion);
    denied = isDenial(word) ? deniedWithin : isMark(word) ? 0 : Math.max(0, denied - 1);
  }
  return found;
}

const isDenial = (word: string): boolean =>
  word === 'not' || word === 'never' || word === 'no' || word === 'cannot' || /n['’]t$/.test(word);

const isMark = (word: string): boolean => word.length === 1 && !/[a-z]/.test(word);
