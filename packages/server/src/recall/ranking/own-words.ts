import { documentNorm, rarity, saturated, sessionNorm } from './bm25.js';
import type { DocumentFilter } from './candidates.js';
import type { Match } from './matches.js';
import type { Pass } from './pass.js';
import { isWithin, type Scope } from './scope.js';
import type { Scratch } from './scratch.js';
import { stepOfBest } from './steps.js';
import type { Weights } from './weights.js';

/** Lengths and frequencies that shares are tabulated for; longer documents and more occurrences are few. */
const tabulatedLengths = 256;
const tabulatedFrequencies = 4;

/** What a term of worth 1 gives a document, by its frequency there and the document's length. */
export class DocumentNorms {
  readonly #weights: Weights;
  readonly #average: number;
  /** For each frequency, by length. */
  readonly shares = new Float64Array((tabulatedFrequencies + 1) * tabulatedLengths);

  constructor(weights: Weights, averageLength: number) {
    this.#weights = weights;
    this.#average = Math.max(1, averageLength);
    // A loop: `Float64Array.from` with a function stood out in profiles of small tenants.
    for (let length = 0; length < tabulatedLengths; length++) {
      const norm = documentNorm(weights, length, this.#average);
      for (let frequency = 1; frequency <= tabulatedFrequencies; frequency++)
        this.shares[frequency * tabulatedLengths + length] = saturated(frequency, norm, weights.k1);
    }
  }

  shareOf(frequency: number, length: number): number {
    if (frequency <= tabulatedFrequencies && length < tabulatedLengths)
      return this.shares[frequency * tabulatedLengths + length]!;
    return saturated(
      frequency,
      documentNorm(this.#weights, length, this.#average),
      this.#weights.k1,
    );
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
export function scoreOwnWords(
  pass: Pass,
  norms: DocumentNorms,
  { all, filter }: { readonly all: boolean; readonly filter: DocumentFilter | undefined },
): number {
  const { matches, weights } = pass;
  const sessions = sessionTotals(pass.view);
  let rest = matches.reduce((sum, { worth }) => sum + worth, 0) * (weights.k1 + 1);
  let opened = 0;
  let left = mostForSessions;
  for (const [at, match] of matches.entries()) {
    // Once closed, closed: matches come by what they are worth.
    const open = opened === at && (all || staysOpen(pass, match, rest, filter));
    if (open) opened += 1;
    if (open && pass.scope !== undefined) openWithin(pass, pass.scope, match, norms);
    else if (open) openDocuments(pass, match, norms);
    else raiseDocuments(pass, match, norms);
    left -= match.postings.docs.length;
    if (left >= 0) scoreSessions(pass, match, sessions);
    rest -= match.worth * (weights.k1 + 1);
  }
  noteBest(pass);
  return opened;
}

/** Whether a document that has had no score yet could still be a candidate, and candidates are needed. */
function staysOpen(
  { scratch, weights }: Pass,
  { postings }: Match,
  rest: number,
  filter: DocumentFilter | undefined,
): boolean {
  const { touchedCount } = scratch;
  const enough = weights.candidates * plenty;
  const found = filter === undefined ? touchedCount : countPassing(scratch, filter, enough);
  if (found < weights.candidates) return true;
  if (found >= enough) return false;
  // Finding out would take longer than what it could save; nobody scores above the best.
  if (postings.docs.length * 2 < touchedCount || rest >= scratch.bestOwn) return true;
  return rest >= stepOfBest(scratch, weights.candidates, filter).score;
}

/** How many of the documents with a score pass, at most so many. */
function countPassing(
  { touched, touchedCount }: Scratch,
  filter: DocumentFilter,
  most: number,
): number {
  let count = 0;
  for (let at = 0; at < touchedCount && count < most; at++) if (filter(touched[at]!)) count++;
  return count;
}

/**
 * BM25 of the documents that {@link scoreOwnWords} left out, when somebody pages so far down that they are wanted.
 * No score that was given before changes, so that the pages before stay as they were.
 */
export function scoreLeftOut(pass: Pass, norms: DocumentNorms, opened: number): void {
  const { view, matches, scratch, scope } = pass;
  scratch.settle();
  const { own } = scratch;
  for (const { postings, worth } of matches.slice(opened)) {
    const { docs, frequencies } = postings;
    for (let at = 0; at < docs.length; at++) {
      const doc = docs[at]!;
      if (scratch.isSettled(doc)) continue;
      if (scope !== undefined && !isWithin(scope, view.sessions, doc)) continue;
      if (scratch.seen[doc] === 0) scratch.touched[scratch.touchedCount++] = doc;
      scratch.seen[doc] = 1;
      own[doc]! += worth * norms.shareOf(frequencies[at]!, view.lengths[doc]!);
      if (own[doc]! > scratch.bestOwn) scratch.bestOwn = own[doc]!;
    }
  }
}

/**
 * Adds a term's scores to all documents that have it. Which of them have a score already nobody can predict, so no
 * branch asks: that alone takes four times as long.
 */
function openDocuments(
  { view: { lengths }, scratch }: Pass,
  { postings: { docs, frequencies }, worth }: Match,
  norms: DocumentNorms,
): void {
  const { own, touched, seen } = scratch;
  let count = scratch.touchedCount;
  let best = scratch.bestOwn;
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at]!;
    touched[count] = doc;
    count += 1 - seen[doc]!;
    seen[doc] = 1;
    const score = own[doc]! + worth * norms.shareOf(frequencies[at]!, lengths[doc]!);
    own[doc] = score;
    if (score > best) best = score;
  }
  scratch.touchedCount = count;
  scratch.bestOwn = best;
}

/** Adds a term's scores to the documents within the scope that have it. */
function openWithin(
  { view: { lengths, sessions }, scratch }: Pass,
  scope: Scope,
  { postings: { docs, frequencies }, worth }: Match,
  norms: DocumentNorms,
): void {
  const { own, touched, seen } = scratch;
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at]!;
    if (!isWithin(scope, sessions, doc)) continue;
    if (seen[doc] === 0) touched[scratch.touchedCount++] = doc;
    seen[doc] = 1;
    own[doc]! += worth * norms.shareOf(frequencies[at]!, lengths[doc]!);
    if (own[doc]! > scratch.bestOwn) scratch.bestOwn = own[doc]!;
  }
}

/** Adds a term's scores to the documents that have one already. */
function raiseDocuments(
  { view: { lengths, head }, scratch }: Pass,
  { postings: { docs, frequencies }, worth }: Match,
  norms: DocumentNorms,
): void {
  const { own, seen } = scratch;
  // Few have one: that can be predicted, and the others are spared.
  const few = scratch.touchedCount * fewest < head;
  let best = scratch.bestOwn;
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at]!;
    const has = seen[doc]!;
    if (few && has === 0) continue;
    const share = norms.shareOf(frequencies[at]!, lengths[doc]!);
    const score = own[doc]! + has * worth * share;
    own[doc] = score;
    if (score > best) best = score;
  }
  scratch.bestOwn = best;
}

/**
 * BM25 of documents that had no score, by the matches that opened none: neighbours of the best may have those words too.
 */
export function scoreLate(
  { view, scratch }: Pass,
  norms: DocumentNorms,
  closed: readonly Match[],
  documents: readonly number[],
): void {
  if (documents.length === 0) return;
  const { own, seen, touched, late } = scratch;
  for (const doc of documents) late[doc] = 1;
  for (const { postings, worth } of closed) {
    const { docs, frequencies } = postings;
    for (let at = 0; at < docs.length; at++) {
      const doc = docs[at]!;
      if (late[doc] === 0) continue;
      own[doc]! += worth * norms.shareOf(frequencies[at]!, view.lengths[doc]!);
    }
  }
  for (const doc of documents) {
    late[doc] = 0;
    seen[doc] = 1;
    touched[scratch.touchedCount++] = doc;
  }
}

/** Documents in all for each one that has a score, from which on a branch that asks for it is predicted. */
const fewest = 8;

interface SessionTotals {
  /** Sessions with live documents. */
  readonly count: number;
  /** Their mean length. */
  readonly average: number;
}

/** By lengths, which nobody changes: another state of an index has others. */
const knownTotals = new WeakMap<Uint32Array, SessionTotals>();

function sessionTotals({ sessionLengths }: Pass['view']): SessionTotals {
  const known = knownTotals.get(sessionLengths);
  if (known !== undefined) return known;
  let count = 0;
  let total = 0;
  for (const length of sessionLengths) {
    if (length === 0) continue;
    count++;
    total += length;
  }
  const totals = { count, average: count === 0 ? 1 : total / count };
  knownTotals.set(sessionLengths, totals);
  return totals;
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
  const { sessionFrequency, sessionSeen, touchedSessions } = pass.scratch;
  let count = 0;
  for (let at = 0; at < docs.length; at++) {
    const session = sessions[docs[at]!]!;
    if (session < 0) continue;
    touchedSessions[count] = session;
    count += 1 - sessionSeen[session]!;
    sessionSeen[session] = 1;
    sessionFrequency[session]! += frequencies[at]!;
  }
  addToSessions(pass, weight * rarity(totals.count, count), count, totals.average);
}

/** Adds a term's scores to the sessions that have it, and forgets its frequencies. */
function addToSessions(
  { view: { sessionLengths }, scratch, weights }: Pass,
  worth: number,
  count: number,
  average: number,
): void {
  const { sessionFrequency, sessionScore, sessionSeen, touchedSessions } = scratch;
  for (let at = 0; at < count; at++) {
    const session = touchedSessions[at]!;
    const norm = sessionNorm(weights, sessionLengths[session]!, average);
    sessionScore[session]! +=
      worth * saturated(sessionFrequency[session]!, norm, weights.sessionK1);
    sessionFrequency[session] = 0;
    sessionSeen[session] = 0;
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
