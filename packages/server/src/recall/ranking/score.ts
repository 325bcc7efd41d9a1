import type { DocumentFilter } from './candidates.js';
import {
  dateGain,
  momentGain,
  quantityGain,
  questionFactor,
  sessionGain,
  sideGain,
  speakerGain,
} from './gains.js';
import { repeatedShare } from './neighbours.js';
import type { DocumentNorms } from './own-words.js';
import type { Pass } from './pass.js';
import type { Ranked } from './rest.js';
import { Top } from './top.js';

/** What each part gave a document. The score is their sum times `question`, plus `exact`. */
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
  /** Added at last to a document that alone has what is looked for. */
  readonly exact: number;
}

/** What decides which candidates are the best. */
export interface Choice {
  readonly norms: DocumentNorms;
  /** Documents that must come before all others. */
  readonly holders: ReadonlySet<number>;
  readonly limit: number;
  readonly filter: DocumentFilter | undefined;
}

/** Scores the candidates; the dear part of a score only for those that could be among the best without it. */
export function bestCandidates(pass: Pass, { norms, holders, limit, filter }: Choice): Ranked {
  const { handed, own, candidates } = pass.scratch;
  const top = new Top(limit);
  const held: { doc: number; score: number }[] = [];
  for (const doc of candidates) {
    if (filter !== undefined && !filter(doc)) continue;
    const factor = questionFactor(pass, doc);
    const atMost = handed[doc]! + gainsOf(pass, doc);
    const holds = holders.has(doc);
    if (!holds && !top.wouldKeep(doc, atMost * factor)) continue;
    const repeated = handed[doc] === 0 ? 0 : repeatedShare(pass, norms, doc);
    const score = (atMost - repeated) * factor;
    if (holds) held.push({ doc, score });
    else top.offer(doc, score);
  }
  const best = top.best();
  for (const { doc, score } of held) top.offer(doc, score > best ? score : best + own[doc]!);
  return top.ranked();
}

/** All but what the neighbours hand on. */
const gainsOf = (pass: Pass, doc: number): number =>
  pass.scratch.own[doc]! +
  sessionGain(pass, doc) +
  speakerGain(pass, doc) +
  sideGain(pass, doc) +
  momentGain(pass, doc) +
  quantityGain(pass, doc) +
  dateGain(pass, doc);

/** How the score of a candidate came about; `heldScore` is that of a document that had to come first. */
export function partsOf(
  pass: Pass,
  norms: DocumentNorms,
  doc: number,
  heldScore: number | undefined,
): ScoreParts {
  const neighbours = pass.scratch.handed[doc]! - repeatedShare(pass, norms, doc);
  const question = questionFactor(pass, doc);
  const usual = (neighbours + gainsOf(pass, doc)) * question;
  return {
    words: pass.scratch.own[doc]!,
    neighbours,
    session: sessionGain(pass, doc),
    speaker: speakerGain(pass, doc),
    side: sideGain(pass, doc),
    moment: momentGain(pass, doc),
    quantity: quantityGain(pass, doc),
    date: dateGain(pass, doc),
    question,
    exact: heldScore === undefined ? 0 : heldScore - usual,
  };
}
