import type { AnalysedQuery } from '../analysis/query.js';
import type { IndexView } from '../index-view.js';
import { addDated, addSpoken, chooseCandidates, type DocumentFilter } from './candidates.js';
import { neighbourGain, sessionGain, tabulate } from './context.js';
import {
  dateGain,
  momentGain,
  quantityGain,
  questionFactor,
  sideGain,
  speakerGain,
} from './gains.js';
import { findMatches } from './matches.js';
import { DocumentNorms, scoreOwnWords } from './own-words.js';
import type { Pass } from './pass.js';
import { rankRest } from './rest.js';
import { Scratch } from './scratch.js';
import { namedSpeakers } from './speakers.js';
import { Top } from './top.js';
import { defaultWeights, type Weights } from './weights.js';

/** How to rank. */
export interface RankOptions {
  /** Documents to return at most; `Infinity` for every one that matches. */
  readonly limit: number;
  /** Which documents may be returned; the others still give context to those. */
  readonly filter?: DocumentFilter;
  /** Whether to say how each score came about. */
  readonly explain?: boolean;
}

/** What each part gave a document. The score is their sum times `question`. */
export interface ScoreParts {
  /** BM25 of its own words. */
  readonly words: number;
  readonly neighbours: number;
  readonly session: number;
  readonly speaker: number;
  readonly side: number;
  readonly moment: number;
  readonly quantity: number;
  readonly date: number;
  /** What is left of the sum when some of the text only asks: 0.7–1. */
  readonly question: number;
}

/** Documents and scores, parallel: higher score first, of equal ones the newer document. */
export interface Ranking {
  readonly docs: readonly number[];
  readonly scores: readonly number[];
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
      return rankMatches({ view, query, weights, speakers, matches, scratch }, options);
    } finally {
      scratch.clear(view.sessions);
    }
  };
}

function rankMatches(pass: Pass, { limit, filter, explain }: RankOptions): Ranking {
  const { scratch } = pass;
  const norms = new DocumentNorms(pass.weights, pass.view.averageLength);
  scoreOwnWords(pass, norms);
  chooseCandidates(pass, filter);
  addDated(pass);
  addSpoken(pass);
  tabulate(pass, norms);
  const top = new Top(limit);
  for (const doc of scratch.candidates)
    if (filter === undefined || filter(doc)) top.offer(doc, scoreOf(pass, doc));
  const best = top.ranked();
  const ranking = best.docs.length < limit ? rankRest(best, scratch, limit, filter) : best;
  return explain ? { ...ranking, parts: ranking.docs.map((doc) => partsOf(pass, doc)) } : ranking;
}

function scoreOf(pass: Pass, doc: number): number {
  const sum =
    pass.scratch.own[doc]! +
    neighbourGain(pass, doc) +
    sessionGain(pass, doc) +
    speakerGain(pass, doc) +
    sideGain(pass, doc) +
    momentGain(pass, doc) +
    quantityGain(pass, doc) +
    dateGain(pass, doc);
  return sum * questionFactor(pass, doc);
}

function partsOf(pass: Pass, doc: number): ScoreParts {
  return {
    words: pass.scratch.own[doc]!,
    neighbours: pass.scratch.slot[doc] === 0 ? 0 : neighbourGain(pass, doc),
    session: sessionGain(pass, doc),
    speaker: speakerGain(pass, doc),
    side: sideGain(pass, doc),
    moment: momentGain(pass, doc),
    quantity: quantityGain(pass, doc),
    date: dateGain(pass, doc),
    question: questionFactor(pass, doc),
  };
}
