import { analyseDocument } from './analysis/document.js';
import { speakerKeys } from './analysis/names.js';
import { type AnalysedQuery, analyseQuery } from './analysis/query.js';
import type { PreparedQuery, TextRanking } from './index/text-ranking.js';
import type { TermDictionary } from './index-view.js';
import { affordableTerms } from './ranking/affordable.js';
import { createRank } from './ranking/rank.js';

const rank = createRank();

/** Terms of a query that are looked up as misspelt at most; each costs a walk through the tenant's vocabulary. */
const respeltTerms = 8;
/** Terms that a misspelt one is taken for. */
const meanings = 2;

/** Text analysis and ranking as the index uses them. */
export const textRanking: TextRanking = {
  analyse: analyseDocument,
  prepare: (text) => prepared(analyseQuery(text)),
  speakerKeys,
};

function prepared(query: AnalysedQuery): PreparedQuery {
  return {
    terms: query.terms.map(({ term }) => term),
    rank(view, limit, options = { explain: false }) {
      const { docs, scores, exact, parts } = rank(view, query, { ...options, limit });
      return docs.map((doc, at) => ({
        doc,
        score: scores[at]!,
        ...(exact.has(doc) ? { exact: true } : {}),
        ...(parts === undefined ? {} : { parts: { ...parts[at]! } }),
      }));
    },
    afforded(postingsOf, documents) {
      const terms = affordableTerms(query.terms, postingsOf, documents);
      return terms === query.terms ? this : prepared({ ...query, terms });
    },
    async respell(dictionary) {
      const meant = await respelt(query, dictionary);
      return meant.length === 0 ? undefined : prepared({ ...query, terms: meant });
    },
  };
}

/** Terms in use that the query's may be misspellings of, with their weights. */
async function respelt(
  { terms }: AnalysedQuery,
  dictionary: TermDictionary,
): Promise<AnalysedQuery['terms']> {
  const weights = new Map<string, number>();
  for (const { term, weight } of terms.slice(0, respeltTerms))
    for (const similar of await dictionary.similarTerms(term, meanings))
      if (!weights.has(similar)) weights.set(similar, weight);
  return [...weights].map(([term, weight]) => ({ term, weight }));
}
