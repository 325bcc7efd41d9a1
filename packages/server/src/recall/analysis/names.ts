import { foldCase, normaliseText } from './normalise.js';
import { withoutParticle } from './particles.js';
import { isStopWord } from './stop-words.js';

/**
 * Keys that a speaker is found by in a query: each word of the name, lower-case; of a Korean name of three syllables
 * the given name too (김민수 → 민수).
 */
export function speakerKeys(name: string): string[] {
  const words = foldCase(normaliseText(name)).match(nameWord) ?? [];
  const keys = words.filter((word) => word.length > 1 && /\p{L}/u.test(word));
  const given = keys.filter((key) => /^[가-힣]{3}$/.test(key)).map((key) => key.slice(1));
  return [...new Set([...keys, ...given])];
}

/** A word of a query that may name a speaker. */
export interface NameCandidate {
  /** The word as it was written, without a possessive ending. */
  readonly word: string;
  /** What to ask the index for; empty for words that name nobody. */
  readonly keys: readonly string[];
  /** Only links its neighbours: "Ann and Bob". */
  readonly links: boolean;
}

/** The words of a normalised query, in order. */
export function nameCandidates(text: string): NameCandidate[] {
  return [...text.matchAll(queryWord)].map(([match], position) => {
    const word = match.replace(/'s?$/i, '');
    const folded = foldCase(word);
    return { word, keys: keysOf(word, folded, position), links: linkWords.has(folded) };
  });
}

/** Will, May and Hope are words before they are people: only a capital inside the sentence makes a stop word a name. */
function keysOf(word: string, folded: string, position: number): string[] {
  if (folded.length < 2) return [];
  if (isStopWord(folded) && (position === 0 || !/^\p{Lu}\p{Ll}/u.test(word))) return [];
  if (!/^[가-힣]+$/.test(folded)) return [folded];
  const bare = withoutParticle(folded).replace(/(?:씨|님)$/, '');
  return [...new Set([folded, withoutParticle(folded), bare].filter((key) => key.length > 1))];
}

const nameWord = /[\p{L}\p{M}\p{N}]+/gu;
const queryWord = /[\p{L}\p{M}\p{N}]+(?:'s?(?![\p{L}]))?/gu;
const linkWords: ReadonlySet<string> = new Set(['and', 'or', '와', '과', '및', '또는', '그리고']);
