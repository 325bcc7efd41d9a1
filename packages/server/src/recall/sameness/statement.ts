import { foldCase, normaliseText } from '../analysis/normalise.js';
import { withoutParticle } from '../analysis/particles.js';
import { unspacedClass } from '../analysis/scripts.js';
import { wordTerm } from '../analysis/words.js';
import { isAside, isNegation } from './sign-words.js';

/** A word of a statement. */
export interface StatementWord {
  /** Lower case, without what is only punctuation. */
  readonly word: string;
  /** What it is compared by; `undefined` for words that say nothing. */
  readonly term: string | undefined;
}

/** A text as it is compared with others. */
export interface Statement {
  /** In order, without asides and negations. */
  readonly words: readonly StatementWord[];
  /** How often it has each term, and each two that follow each other. */
  readonly features: ReadonlyMap<string, number>;
  readonly terms: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  readonly isNegated: boolean;
}

/** Characters of a statement at most; as long as v1 let texts become by merging. */
const longest = 2_000;

/** Cuts a text into what is compared; `undefined` for what is no statement but a document. Pure. */
export function statementOf(text: string): Statement | undefined {
  if (text.length > longest) return undefined;
  const all = normaliseText(text)
    .split(/[^\p{L}\p{M}\p{N}'@._:/+#%$€£₩-]+/u)
    .map((raw) => foldCase(raw).replace(/^['._:/-]+|['._:/-]+$/g, ''))
    .filter((word) => word !== '');
  const negations = all.filter(isNegation).length;
  const words = all
    .filter((word) => !isAside(word) && !isNegation(word))
    .map((word) => ({ word, term: termOf(word) }));
  const terms = words.flatMap(({ term }) => (term === undefined ? [] : [term]));
  return {
    words,
    features: featuresOf(terms),
    terms: new Set(terms),
    numbers: new Set(all.filter((word) => /\p{N}/u.test(word))),
    isNegated: negations % 2 === 1,
  };
}

const unspaced = new RegExp(unspacedClass, 'u');

const termOf = (word: string): string | undefined => {
  if (unspaced.test(word)) return withoutParticle(word);
  const plain = word.replace(/'(?:s|m|re|ve|ll|d)$/, '');
  // Of people more is said about where they live than about their lives.
  return /^[a-z]+$/.test(plain) ? wordTerm(plain === 'lives' ? 'live' : plain) : plain;
};

function featuresOf(terms: readonly string[]): Map<string, number> {
  const features = new Map<string, number>();
  for (const [at, term] of terms.entries()) {
    features.set(term, (features.get(term) ?? 0) + 1);
    if (at === 0) continue;
    const pair = `${terms[at - 1]!} ${term}`;
    features.set(pair, (features.get(pair) ?? 0) + 1);
  }
  return features;
}
