import { unspacedClass } from './scripts.js';

/** Characters and pairs of characters of the unspaced scripts in a text. */
export interface Grams {
  readonly unigrams: readonly string[];
  readonly bigrams: readonly string[];
}

/**
 * Cuts every run of an unspaced script into characters and pairs, across spaces: "새 차" gives 새, 차 and 새차.
 * Measured on Korean paraphrases against words, particles stripped, pairs within words and triples: this is best.
 */
export function gramsOf(text: string): Grams {
  const unigrams: string[] = [];
  const bigrams: string[] = [];
  for (const [run] of text.matchAll(unspacedRun)) cutRun(run, unigrams, bigrams);
  return { unigrams, bigrams };
}

function cutRun(run: string, unigrams: string[], bigrams: string[]): void {
  let previous = '';
  for (const character of run.replace(/\s+/g, '')) {
    unigrams.push(character);
    if (previous !== '') bigrams.push(previous + character);
    previous = character;
  }
}

const unspacedRun = new RegExp(`${unspacedClass}+(?:\\s+${unspacedClass}+)*`, 'gu');
