import type { IndexView, Postings } from '../index-view.js';
import type { HitExplanation } from '../lexical-index.js';
import type { Ranked } from './text-ranking.js';

/** How a ranked document came about: the query's terms in it, and what the parts of the ranking gave. */
export const explainHit = (
  view: IndexView,
  queryTerms: readonly string[],
  { doc, parts = {} }: Ranked,
): HitExplanation => ({
  terms: [...new Set(queryTerms)].flatMap((term) => {
    const postings = view.postings(term);
    const occurrences = occurrencesIn(postings, doc);
    return occurrences === 0 ? [] : [{ term, occurrences, memories: postings.docs.length }];
  }),
  parts,
});

/** How often the document has the term, by bisection: a common term has hundreds of thousands of documents. */
function occurrencesIn({ docs, frequencies }: Postings, doc: number): number {
  let from = 0;
  let to = docs.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (docs[middle]! < doc) from = middle + 1;
    else to = middle;
  }
  return docs[from] === doc ? frequencies[from]! : 0;
}
