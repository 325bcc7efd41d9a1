import { dayOf } from './analysis/day.js';
import { gramsOf } from './analysis/grams.js';
import { foldCase, normaliseText } from './analysis/normalise.js';
import { wordTerms } from './analysis/words.js';
import type { Ranked, TextRanking } from './index/text-ranking.js';
import { type IndexView, noDay } from './index-view.js';

const k1 = 1.2;
const b = 0.75;

const termsOf = (text: string): string[] => {
  const normal = normaliseText(text);
  const { unigrams, bigrams } = gramsOf(normal);
  return [...wordTerms(normal), ...unigrams, ...bigrams];
};

function counted(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, Math.min(255, (counts.get(term) ?? 0) + 1));
  return counts;
}

function bm25(view: IndexView, terms: readonly string[], limit: number): Ranked[] {
  const scores = new Map<number, number>();
  for (const term of terms) {
    const { docs, frequencies } = view.postings(term);
    const rarity = Math.log(1 + (view.documents - docs.length + 0.5) / (docs.length + 0.5));
    for (const [at, doc] of docs.entries()) {
      const tf = frequencies[at]!;
      const norm = 1 - b + (b * view.lengths[doc]!) / view.averageLength;
      scores.set(doc, (scores.get(doc) ?? 0) + (rarity * tf * (k1 + 1)) / (tf + k1 * norm));
    }
  }
  return [...scores]
    .map(([doc, score]) => ({ doc, score }))
    .toSorted((one, other) => other.score - one.score || other.doc - one.doc)
    .slice(0, limit);
}

/** Text analysis and ranking as the index uses them. */
export const textRanking: TextRanking = {
  analyse({ content, occurredAt }) {
    const terms = termsOf(content);
    return {
      terms: counted(terms),
      length: Math.min(65_535, terms.length),
      flags: 0,
      day: occurredAt === null ? noDay : dayOf(occurredAt),
    };
  },
  prepare(text) {
    const terms = [...new Set(termsOf(text))].slice(0, 64);
    return { terms, rank: (view, limit) => bm25(view, terms, limit) };
  },
  speakerKeys: (name) => [foldCase(normaliseText(name))],
};
