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
import type { Match } from './matches.js';
import { repeatedShare } from './neighbours.js';
import { type DocumentNorms, scoreLate } from './own-words.js';
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
  /** The matches that opened no new documents: what else has them has no score for them yet. */
  readonly closed: readonly Match[];
}

/**
 * Scores the candidates: of nearly all of them it is plain from what is at hand that they cannot be among the best, and
 * the dear parts of a score are only for those that could be without them.
 */
export function bestCandidates(pass: Pass, choice: Choice): Ranked {
  const { closed } = choice;
  const { candidates, candidateCount, seen } = pass.scratch;
  const best = new Best(pass, choice);
  const isLate = (doc: number): boolean => closed.length > 0 && seen[doc] === 0;
  for (let at = 0; at < candidateCount; at++)
    if (!isLate(candidates[at]!)) best.offer(candidates[at]!);
  const most = closed.reduce((sum, { worth }) => sum + worth, 0) * (pass.weights.k1 + 1);
  const late: number[] = [];
  for (let at = 0; at < candidateCount && most > 0; at++)
    if (isLate(candidates[at]!) && best.mayTake(candidates[at]!, most)) late.push(candidates[at]!);
  scoreLate(pass, choice.norms, closed, late);
  for (const doc of late) best.offer(doc);
  return best.ranked();
}

/** Gathers the best candidates. */
class Best {
  readonly #pass: Pass;
  readonly #choice: Choice;
  readonly #top: Top;
  readonly #held: { doc: number; score: number }[] = [];
  readonly #further: number;

  constructor(pass: Pass, choice: Choice) {
    this.#pass = pass;
    this.#choice = choice;
    this.#top = new Top(choice.limit);
    this.#further = furtherGains(pass);
  }

  /** Whether the document could be among the best if its own words were worth so much more. */
  mayTake(doc: number, more = 0): boolean {
    const { handed, own } = this.#pass.scratch;
    const atHand = handed[doc]! + own[doc]! + sessionGain(this.#pass, doc);
    return (
      (atHand + this.#further + more) * roundingRoom >= this.#top.least ||
      this.#choice.holders.has(doc)
    );
  }

  offer(doc: number): void {
    if (!this.mayTake(doc)) return;
    const { norms, holders, filter } = this.#choice;
    if (filter !== undefined && !filter(doc)) return;
    const pass = this.#pass;
    const handed = pass.scratch.handed[doc]!;
    const factor = questionFactor(pass, doc);
    const atMost = handed + gainsOf(pass, doc);
    const holds = holders.has(doc);
    if (!holds && !this.#top.wouldKeep(doc, atMost * factor)) return;
    const repeated = handed === 0 ? 0 : repeatedShare(pass, norms, doc);
    const score = (atMost - repeated) * factor;
    if (holds) this.#held.push({ doc, score });
    else this.#top.offer(doc, score);
  }

  ranked(): Ranked {
    const { own } = this.#pass.scratch;
    const best = this.#top.best();
    for (const { doc, score } of this.#held)
      this.#top.offer(doc, score > best ? score : best + own[doc]!);
    return this.#top.ranked();
  }
}

/** Sums of the same numbers in another order differ by less. */
const roundingRoom = 1 + 1e-9;

/** What a document gains at most for what is neither words nor session. */
const furtherGains = ({ query, speakers, weights }: Pass): number =>
  Math.max(0, ...speakers.gains.values()) +
  (query.intent.side === undefined ? 0 : weights.side) +
  (query.intent.moment ? weights.moment : 0) +
  (query.intent.quantity ? weights.quantity : 0) +
  (query.dates.length === 0
    ? 0
    : Math.max(weights.day, weights.nextDay, weights.month, weights.year));

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
