import type { Ranked, TextRanking } from '../recall/index/text-ranking.js';
import { type IndexView, noDay } from '../recall/index-view.js';

/** Plain BM25 over lower-cased words, so that the server runs until the ranking of `recall/ranking` takes its place. */
export const interimRanking: TextRanking = {
  analyse({ content }) {
    const terms = new Map<string, number>();
    const words = wordsOf(content);
    for (const word of words) terms.set(word, Math.min(255, (terms.get(word) ?? 0) + 1));
    return { terms, length: Math.min(65_535, words.length), flags: 0, day: noDay };
  },
  prepare(text) {
    const terms = [...new Set(wordsOf(text))];
    return { terms, rank: (view, limit) => rank(view, terms).slice(0, limit) };
  },
  speakerKeys: (name) => [name.toLowerCase()],
};

const wordsOf = (text: string): string[] =>
  (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map((word) => word.slice(0, 64));

function rank(view: IndexView, terms: readonly string[]): Ranked[] {
  const scores = new Map<number, number>();
  for (const term of terms) {
    const { docs, frequencies } = view.postings(term);
    const idf = Math.log(1 + (view.documents - docs.length + 0.5) / (docs.length + 0.5));
    for (const [index, doc] of docs.entries()) {
      const norm = 0.25 + (0.75 * view.lengths[doc]!) / view.averageLength;
      const part = (idf * frequencies[index]! * 2.2) / (frequencies[index]! + 1.2 * norm);
      scores.set(doc, (scores.get(doc) ?? 0) + part);
    }
  }
  return [...scores]
    .map(([doc, score]) => ({ doc, score }))
    .toSorted((a, b) => b.score - a.score || b.doc - a.doc);
}
