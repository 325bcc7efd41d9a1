import type { AnalysedQuery } from '../analysis/query.js';
import type { IndexView, Postings } from '../index-view.js';
import { rarity } from './bm25.js';
import type { NamedSpeakers } from './speakers.js';
import type { Weights } from './weights.js';

/** A term of the query that occurs, and what it is worth. */
export interface Match {
  readonly postings: Postings;
  /** Whether it is the name of a speaker. */
  readonly isName: boolean;
  /** Its weight in the query. */
  readonly weight: number;
  /** Weight × rarity among the tenant's documents. */
  readonly worth: number;
}

/** The terms of the query that occur, the one of most worth first. A speaker's name hardly counts as a word: everybody calls him by it. */
export function findMatches(
  view: IndexView,
  query: AnalysedQuery,
  { nameTerms }: NamedSpeakers,
  weights: Weights,
): Match[] {
  const matches = query.terms.flatMap(({ term, weight: given }) => {
    const postings = view.postings(term);
    if (postings.docs.length === 0) return [];
    const isName = nameTerms.has(term);
    const weight = isName ? given * weights.nameAsWord : given;
    const worth = weight * rarity(view.documents, postings.docs.length);
    return worth === 0 ? [] : [{ postings, isName, weight, worth }];
  });
  return matches.sort((a, b) => b.worth - a.worth);
}
