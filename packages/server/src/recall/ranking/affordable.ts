import type { QueryTerm } from '../analysis/query.js';
import { rarity } from './bm25.js';

/**
 * Postings that one query reads at most: one a memory, as far as that is between these. Reading and scoring one takes
 * about 10 ns: without a bound sixty-four common words of half a million memories take more than a tenth of a second.
 * One a memory is enough: with 0.8 no set of the evaluation loses more than a tenth of a point (`npm run eval:budget`).
 * What fewer than the least cost is not worth leaving a word out.
 */
const mostPostings = 500_000;
const leastPostings = 50_000;

/** How many postings a query of a tenant of so many documents reads at most. */
export const affordablePostings = (documents: number): number =>
  Math.min(mostPostings, Math.max(leastPostings, documents));

/** Terms that are kept however common they are: a short question is about each of its words. */
const keptAnyway = 3;

/** How often a term occurs, without its postings being read: at most so many memories have it. */
export type CountPostings = (term: string) => number;

/**
 * The terms of a query that it can afford: all of them but for long queries of common words in large tenants. Those
 * that tell most are kept, three whatever they cost; what is left out is what a great part of the memories have.
 */
export function affordableTerms(
  terms: readonly QueryTerm[],
  postingsOf: CountPostings,
  documents: number,
  most = affordablePostings(documents),
): readonly QueryTerm[] {
  const counted = terms.map((term) => ({ term, postings: postingsOf(term.term) }));
  if (counted.reduce((sum, { postings }) => sum + postings, 0) <= most) return terms;
  const worth = ({ term, postings }: (typeof counted)[number]): number =>
    term.weight * rarity(documents, Math.min(postings, documents));
  const kept = new Set<QueryTerm>();
  let spent = 0;
  for (const { term, postings } of counted.sort((one, other) => worth(other) - worth(one))) {
    if (kept.size >= keptAnyway && spent + postings > most) continue;
    kept.add(term);
    spent += postings;
  }
  return terms.filter((term) => kept.has(term));
}
