import type { Ranked, TextRanking } from '../../../src/recall/index/text-ranking.js';
import { type IndexView, noDay } from '../../../src/recall/index-view.js';

/** Words between spaces and BM25 over the whole index: simple enough to be computed again from the memories. */
export const plainRanking: TextRanking = {
  analyse({ content, role }) {
    const terms = new Map<string, number>();
    const words = wordsOf(content);
    for (const word of words) terms.set(word, Math.min(255, (terms.get(word) ?? 0) + 1));
    return { terms, length: words.length, flags: role === 'user' ? 4 : 0, day: noDay };
  },
  prepare(text) {
    const terms = [...new Set(wordsOf(text))];
    return { terms, rank: (view, limit) => rank(view, terms).slice(0, limit) };
  },
  speakerKeys: (name) => [name.toLowerCase()],
};

const wordsOf = (text: string): string[] => text.toLowerCase().split(' ').filter(Boolean);

function rank(view: IndexView, terms: readonly string[]): Ranked[] {
  const scores = new Map<number, number>();
  for (const term of terms) {
    const { docs, frequencies } = view.postings(term);
    const idf = inverseDocumentFrequency(view.documents, docs.length);
    for (const [index, doc] of docs.entries()) {
      const part = bm25(idf, frequencies[index]!, view.lengths[doc]!, view.averageLength);
      scores.set(doc, (scores.get(doc) ?? 0) + part);
    }
  }
  return [...scores]
    .map(([doc, score]) => ({ doc, score }))
    .sort((a, b) => b.score - a.score || b.doc - a.doc);
}

export const inverseDocumentFrequency = (documents: number, matching: number): number =>
  Math.log(1 + (documents - matching + 0.5) / (matching + 0.5));

export const bm25 = (idf: number, frequency: number, length: number, average: number): number =>
  (idf * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * length) / average));
