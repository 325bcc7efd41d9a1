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
export function termsOfText(text: string): TextTerms {
  const words = wordTerms(text);
  for (const mention of dateMentions(text)) {
    const term = dateTerm(mention);
    if (term !== undefined && !words.includes(term)) words.push(term);
  }
  return { words, hangul: hangulWords(text), ...gramsOf(text) };
}
