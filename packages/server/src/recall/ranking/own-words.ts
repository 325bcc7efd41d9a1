import { documentNorm, rarity, saturated, sessionNorm } from './bm25.js';
import type { Match } from './matches.js';
import type { Pass } from './pass.js';
import type { Scratch } from './scratch.js';
import type { Weights } from './weights.js';

/** What the frequency of a term is set against in a document of some length; by table for the short ones, which are most. */
export class DocumentNorms {
  readonly #weights: Weights;
  readonly #average: number;
  readonly #short: Float64Array;

  constructor(weights: Weights, averageLength: number) {
    this.#weights = weights;
    this.#average = Math.max(1, averageLength);
    this.#short = Float64Array.from({ length: 256 }, (_, length) =>
      documentNorm(weights, length, this.#average),
    );
  }

  of(length: number): number {
    return length < 256 ? this.#short[length]! : documentNorm(this.#weights, length, this.#average);
  }
}

/** BM25 of every matching document and of every session they lie in, into the scratch memory. */
export function scoreOwnWords(pass: Pass, norms: DocumentNorms): void {
  const { view, matches, scratch } = pass;
  const sessions = sessionTotals(view.sessionLengths);
  for (const match of matches) {
    scoreDocuments(pass, match, norms);
    if (sessions.count > 0) scoreSessions(pass, match, sessions);
  }
  noteBest(view.sessions, scratch);
}

function scoreDocuments(
  { view, scratch, weights }: Pass,
  match: Match,
  norms: DocumentNorms,
): void {
  const { docs, frequencies } = match.postings;
  const { lengths } = view;
  const { own, touched } = scratch;
  const { worth } = match;
  const { k1 } = weights;
  let count = scratch.touchedCount;
  for (let at = 0; at < docs.length; at++) {
    const doc = docs[at]!;
    const before = own[doc]!;
    if (before === 0) touched[count++] = doc;
    own[doc] = before + worth * saturated(frequencies[at]!, norms.of(lengths[doc]!), k1);
  }
  scratch.touchedCount = count;
}

interface SessionTotals {
  /** Sessions with live documents. */
  readonly count: number;
  readonly averageLength: number;
}

function sessionTotals(sessionLengths: Uint32Array): SessionTotals {
  let count = 0;
  let total = 0;
  for (let session = 0; session < sessionLengths.length; session++) {
    const length = sessionLengths[session]!;
    if (length === 0) continue;
    count++;
    total += length;
  }
  return { count, averageLength: count === 0 ? 1 : total / count };
}

function scoreSessions(
  { view, scratch, weights }: Pass,
  match: Match,
  totals: SessionTotals,
): void {
  const { docs, frequencies } = match.postings;
  const { sessions, sessionLengths } = view;
  const { sessionFrequency, sessionScore, touchedSessions } = scratch;
  let count = 0;
  for (let at = 0; at < docs.length; at++) {
    const session = sessions[docs[at]!]!;
    if (session < 0) continue;
    if (sessionFrequency[session] === 0) touchedSessions[count++] = session;
    sessionFrequency[session]! += frequencies[at]!;
  }
  const worth = match.weight * rarity(totals.count, count);
  for (let at = 0; at < count; at++) {
    const session = touchedSessions[at]!;
    const norm = sessionNorm(weights, sessionLengths[session]!, totals.averageLength);
    sessionScore[session]! +=
      worth * saturated(sessionFrequency[session]!, norm, weights.sessionK1);
    sessionFrequency[session] = 0;
  }
}

function noteBest(sessions: Int32Array, scratch: Scratch): void {
  const { own, touched, touchedCount, sessionBest } = scratch;
  for (let at = 0; at < touchedCount; at++) {
    const doc = touched[at]!;
    const session = sessions[doc]!;
    if (session >= 0 && own[doc]! > sessionBest[session]!) sessionBest[session] = own[doc]!;
  }
}
