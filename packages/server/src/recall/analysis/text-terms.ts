import { dateMentions, dateTerm } from './dates.js';
import { gramsOf } from './grams.js';
import { hangulWords } from './particles.js';
import { wordTerms } from './words.js';

/** The terms of a normalised text by kind, in order, repeats included. */
export interface TextTerms {
  /** Words, numbers and compounds of spaced scripts, and full dates. */
  readonly words: readonly string[];
  /** Korean words of two syllables or more without their particle. */
  readonly hangul: readonly string[];
  readonly bigrams: readonly string[];
  readonly unigrams: readonly string[];
}

/** Analyses a text that `normaliseText` made. Documents and queries must be cut alike, so both come here. */
export const termsOfText = (text: string): TextTerms => ({
  words: withDates(wordTerms(text), text),
  hangul: hangulWords(text),
  ...gramsOf(text),
});

/** A full date becomes one term, the same however it is written, unless it was written that way. */
function withDates(words: string[], text: string): string[] {
  const dates = dateMentions(text)
    .map(dateTerm)
    .filter((term) => term !== undefined);
  if (dates.length === 0) return words;
  const known = new Set(words);
  return [...words, ...dates.filter((term) => !known.has(term))];
}
