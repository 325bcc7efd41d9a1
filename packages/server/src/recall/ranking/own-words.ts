import { documentNorm, rarity, saturated, sessionNorm } from './bm25.js';
import type { Match } from './matches.js';
import type { Pass } from './pass.js';
import { stepOfBest } from './steps.js';
import type { Weights } from './weights.js';

/** Lengths that norms are tabulated for; longer documents are few. */
const tabulated = 256;

/** What the frequency of a term is set against, by length of the document. */
export class DocumentNorms {
  readonly #weights: Weights;
  readonly #average: number;
  readonly #byLength = new Float64Array(tabulated);

  constructor(weights: Weights, averageLength: number) {
    this.#weights = weights;
    this.#average = Math.max(1, averageLength);
    // A loop: `Float64Array.from` with a function stood out in profiles of small tenants.
    for (let length = 0; length < tabulated; length++)
      this.#byLength[length] = documentNorm(weights, length, this.#average);
  }

  of(length: number): number {
    return length < tabulated
      ? this.#byLength[length]!
      : documentNorm(this.#weights, length, this.#average);
  }
}

/**
 * Postings that sessions are scored by, those of the words that tell most: only long questions in tenants of hundreds
 * of thousands have more, and a seventh of a posting a memory lost no question in the evaluation.
 */
const mostForSessions = 100_000;

/** Documents with a rarer word of the query, in multiples of the candidates, that are enough to choose those from. */
const plenty = 10;

/**
 * BM25 of the matching documents and of the sessions they lie in, into the scratch memory. Unless `all` are wanted,
 * documents that match nothing but the last, common words are left out once they cannot be candidates any more, or
 * once there are plenty that match better: a word of every second text must not cost what it weighs so little.
 *
 * Answers how many of the matches opened new documents: what only the others match is left for {@link scoreLeftOut}.
 */
export function scoreOwnWords(pass: Pass, norms: DocumentNorms, all: boolean): number {
  const { matches, weights } = pass;
  const sessions = sessionTotals(pass);
  const once = new Float64Array(tabulated);
  let rest = matches.reduce((sum, { worth }) => sum + worth, 0) * (weights.k1 + 1);
  let opened = 0;
  let left = mostForSessions;
  for (const [at, match] of matches.entries()) {
    // Once closed, closed: matches come by what they are worth.
    const open = opened === at && (all || staysOpen(pass, rest));
    if (open) opened += 1;
    for (let length = 0; length < tabulated; length++)
      once[length] = match.worth * saturated(1, norms.of(length), weights.k1);
    scoreDocuments(pass, match, norms, once, open);
    left -= match.postings.docs.length;
    if (left >= 0) scoreSessions(pass, match, sessions);
    rest -= match.worth * (weights.k1 + 1);
  }
  noteBest(pass);
  return opened;
}

/** Whether a document that has had no score yet could still be a candidate, and candidates are needed. */
function staysOpen({ scratch, weights }: Pass, rest: number): boolean {
  if (scratch.touchedCount < weights.candidates) return true;
  if (scratch.touchedCount >= weights.candidates * plenty) return false;
  return rest >= stepOfBest(scratch, weights.candidates).score;
}

/**
 * BM25 of the documents that {@link scoreOwnWords} left out, when somebody pages so far down that they are wanted.
 * No score that was given before changes, so that the pages before stay as they were.
 */
export function scoreLeftOut(pass: Pass, norms: DocumentNorms, opened: number): void {
  const { view, matches, scratch, weights } = pass;
  scratch.settle();
  const { own } = scratch;
  for (const { postings, worth } of matches.slice(opened)) {
    const { docs, frequencies } = postings;
    for (let at = 0; at < docs.length; at++) {
      const doc = docs[at]!;
      if (scratch.isSettled(doc)) continue;
      if (own[doc] === 0) scratch.touched[scratch.touchedCount++] = doc;
      own[doc]! += worth * saturated(frequencies[at]!, norms.of(view.lengths[doc]!), weights.k1);
      if (own[doc]! > scratch.bestOwn) scratch.bestOwn = own[doc]!;
    }
  }
}

/**
 * Adds a term's scores. Nearly all frequencies are one and nearly all documents short: those scores are in the table
 * `once`. Unless `open`, only to documents that have a score already.
 */
function scoreDocuments(
  { view, scratch, weights }: Pass,
  { postings: { docs, frequencies }, worth }: Match,
  norms: DocumentNorms,
  once: Float64Array,
  open: boolean,
): void {
  const { lengths } = view;
  const { own, touched } = scratch;
  let count = scratch.touchedCount;
  let best = scratch.bestOwn;
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at]!;
    const before = own[doc]!;
    if (before === 0) {
      if (!open) continue;
      touched[count++] = doc;
    }
    const frequency = frequencies[at]!;
    const length = lengths[doc]!;
    const score =
      frequency === 1 && length < tabulated
        ? before + once[length]!
        : before + worth * saturated(frequency, norms.of(length), weights.k1);
    own[doc] = score;
    if (score > best) best = score;
  }
  scratch.touchedCount = count;
  scratch.bestOwn = best;
}

interface SessionTotals {
  /** Sessions with live documents. */
  readonly count: number;
  /** What the frequency of a term is set against, by session: the same for every term of the query. */
  readonly norms: Float64Array;
}

function sessionTotals({ view, scratch, weights }: Pass): SessionTotals {
  const { sessionLengths } = view;
  const { sessionNorms: norms } = scratch;
  let count = 0;
  let total = 0;
  for (let session = 0; session < sessionLengths.length; session++) {
    const length = sessionLengths[session]!;
    if (length === 0) continue;
    count++;
    total += length;
  }
  const average = count === 0 ? 1 : total / count;
  for (let session = 0; session < sessionLengths.length; session++)
    norms[session] = sessionNorm(weights, sessionLengths[session]!, average);
  return { count, norms };
}

/**
 * Occurrences a session from which on a term is in nearly every session, and tells none from another. At 4 a query of
 * forty common words took a third longer at 500,000 memories and found nothing more.
 */
const everywhere = 2;

function scoreSessions(pass: Pass, { postings, weight }: Match, totals: SessionTotals): void {
  const { docs, frequencies } = postings;
  if (docs.length >= totals.count * everywhere) return;
  const { sessions } = pass.view;
  const { sessionFrequency, touchedSessions } = pass.scratch;
  let count = 0;
  for (let at = 0; at < docs.length; at++) {
    const session = sessions[docs[at]!]!;
    if (session < 0) continue;
    const before = sessionFrequency[session]!;
    // Without a branch, which nobody could predict.
    touchedSessions[count] = session;
    count += before === 0 ? 1 : 0;
    sessionFrequency[session] = before + frequencies[at]!;
  }
  addToSessions(pass, weight * rarity(totals.count, count), count, totals.norms);
}

/** Adds a term's scores to the sessions that have it, and forgets its frequencies. */
function addToSessions(
  { scratch, weights }: Pass,
  worth: number,
  count: number,
  norms: Float64Array,
): void {
  const { sessionFrequency, sessionScore, touchedSessions } = scratch;
  for (let at = 0; at < count; at++) {
    const session = touchedSessions[at]!;
    sessionScore[session]! +=
      worth * saturated(sessionFrequency[session]!, norms[session]!, weights.sessionK1);
    sessionFrequency[session] = 0;
  }
}

function noteBest({ view, scratch }: Pass): void {
  const { sessions } = view;
  const { own, touched, touchedCount, sessionBest } = scratch;
  for (let at = 0; at < touchedCount; at++) {
    const doc = touched[at]!;
    const session = sessions[doc]!;
    if (session >= 0 && own[doc]! > sessionBest[session]!) sessionBest[session] = own[doc]!;
  }
}
