import type { AnalysedQuery } from '../analysis/query.js';
import type { IndexView } from '../index-view.js';
import { addDated, addSpoken, chooseCandidates, type DocumentFilter } from './candidates.js';
import { exactHolders } from './exact.js';
import { findMatches } from './matches.js';
import { DocumentNorms, scoreLeftOut, scoreOwnWords } from './own-words.js';
import type { Pass } from './pass.js';
import { rankRest } from './rest.js';
import type { Scope } from './scope.js';
import { bestCandidates, partsOf, type ScoreParts } from './score.js';
import { Scratch } from './scratch.js';
import { namedSpeakers } from './speakers.js';
import { defaultWeights, type Weights } from './weights.js';

/** How to rank. */
export interface RankOptions {
  /** Documents to return at most; `Infinity` for every one that matches. */
  readonly limit: number;
  /** Which documents may be returned; the others still give context to those. */
  readonly filter?: DocumentFilter | undefined;
  /** Whether a filter may still refuse, later, some of what is returned: then nothing that it lets through is left out. */
  readonly provisional?: boolean;
  /** What is scored, so that the scores of those that pass are right; absent, everything. */
  readonly scope?: Scope | undefined;
  /** Whether to say how each score came about. */
  readonly explain?: boolean;
}

/** Documents and scores, parallel: higher score first, of equal ones the newer document. */
export interface Ranking {
  readonly docs: readonly number[];
  readonly scores: readonly number[];
  /** Those that alone have what is looked for; nothing may come before them. Empty for most queries. */
  readonly exact: ReadonlySet<number>;
  /** With `explain` only. */
  readonly parts?: readonly ScoreParts[];
}

/** Ranks one tenant's documents for a query. Pure: the same view, query and options give the same ranking. */
export type Rank = (view: IndexView, query: AnalysedQuery, options: RankOptions) => Ranking;

/** Makes a ranking with working memory of its own, which grows to the largest tenant it has seen. */
export function createRank(weights: Weights = defaultWeights): Rank {
  const scratch = new Scratch();
  return (view, query, options) => {
    const speakers = namedSpeakers(view, query.names, weights);
    const matches = findMatches(view, query, speakers, weights);
    scratch.fit(view.head, view.sessionLengths.length);
    try {
      const { scope } = options;
      return rankMatches({ view, query, weights, speakers, matches, scratch, scope }, options);
    } finally {
      scratch.clear();
    }
  };
}

function rankMatches(pass: Pass, options: RankOptions): Ranking {
  const { limit, filter, explain, provisional = false } = options;
  const norms = new DocumentNorms(pass.weights, pass.view.averageLength);
  const opened = scoreOwnWords(pass, norms, { all: provisional, filter });
  const holders = exactHolders(pass);
  for (const doc of holders) pass.scratch.addGiver(doc);
  chooseCandidates(pass, filter);
  addDated(pass);
  addSpoken(pass);
  const closed = pass.matches.slice(opened);
  const best = bestCandidates(pass, { norms, holders, limit, filter, closed });
  const fills = best.docs.length < limit;
  if (fills && opened < pass.matches.length) scoreLeftOut(pass, norms, opened);
  const ranking = fills ? rankRest(best, pass.scratch, limit, filter) : best;
  if (!explain) return { ...ranking, exact: holders };
  const parts = ranking.docs.map((doc, at) =>
    partsOf(pass, norms, doc, holders.has(doc) ? ranking.scores[at] : undefined),
  );
  return { ...ranking, exact: holders, parts };
}
