import { analyseDocument } from './analysis/document.js';
import { speakerKeys } from './analysis/names.js';
import { analyseQuery } from './analysis/query.js';
import type { TextRanking } from './index/text-ranking.js';
import { createRank } from './ranking/rank.js';

const rank = createRank();

/** Text analysis and ranking as the index uses them. */
export const textRanking: TextRanking = {
  analyse: analyseDocument,
  prepare(text) {
    const query = analyseQuery(text);
    return {
      terms: query.terms.map(({ term }) => term),
      rank(view, limit, { explain } = { explain: false }) {
        const { docs, scores, parts } = rank(view, query, { limit, explain });
        return docs.map((doc, at) => ({
          doc,
          score: scores[at]!,
          ...(parts === undefined ? {} : { parts: { ...parts[at]! } }),
        }));
      },
    };
  },
  speakerKeys,
};
