import { documentFlags, type IndexView, none, roleBits } from '../index-view.js';
import type { Match } from './matches.js';
import type { DocumentNorms } from './own-words.js';
import type { Pass } from './pass.js';

/** Documents that two turns of one session may lie apart when sessions run at the same time. */
const interleaving = 16;

/** The live turn before (`step` −1) or after (+1) in the same session; {@link none} when there is none near. */
export function neighbourOf(view: IndexView, doc: number, step: -1 | 1): number {
  const { sessions, head } = view;
  const session = sessions[doc]!;
  if (session < 0) return none;
  let other = doc;
  for (let tries = 0; tries < interleaving; tries++) {
    other += step;
    if (other < 0 || other >= head) return none;
    if (sessions[other] === session && view.isLive(other)) return other;
  }
  return none;
}

/** Calls back for every turn that takes over some of a turn's score, with the share it takes. */
export function handOn(
  { view, weights }: Pick<Pass, 'view' | 'weights'>,
  doc: number,
  take: (neighbour: number, share: number) => void,
): void {
  const next = neighbourOf(view, doc, 1);
  if (next >= 0) {
    take(next, isAnswer(view, doc, next) ? weights.answer : weights.previous);
    const second = neighbourOf(view, next, 1);
    if (second >= 0) take(second, weights.secondPrevious);
  }
  const previous = neighbourOf(view, doc, -1);
  if (previous >= 0) {
    take(previous, weights.next);
    const second = neighbourOf(view, previous, -1);
    if (second >= 0) take(second, weights.secondNext);
  }
}

/**
 * Another speaker's turn right after a question answers it. What a machine answers is general knowledge, seldom what
 * is looked for in a memory, so its turns are not lifted.
 */
function isAnswer({ flags, speakers }: IndexView, question: number, doc: number): boolean {
  if ((flags[question]! & documentFlags.asks) === 0) return false;
  if ((flags[doc]! & documentFlags.assistantRole) !== 0) return false;
  if (speakers[question] !== speakers[doc]) return true;
  if (speakers[doc]! >= 0) return false;
  const roles = flags[doc]! & roleBits;
  return roles === 0 || (flags[question]! & roleBits) !== roles;
}

/**
 * What of a document's handed-on score is not to count, because it has the term itself: two turns about different
 * halves of a question beat two about the same half. Costs searches in the postings, so it is asked last.
 */
export function repeatedShare(pass: Pass, norms: DocumentNorms, doc: number): number {
  const { view, matches, weights } = pass;
  const { docs, shares } = givers(pass, doc);
  let repeated = 0;
  for (const match of matches) {
    if (docs.length === 0 || frequencyIn(match, doc) === 0) continue;
    for (const [at, giver] of docs.entries()) {
      const frequency = frequencyIn(match, giver);
      if (frequency === 0) continue;
      repeated += shares[at]! * match.worth * norms.shareOf(frequency, view.lengths[giver]!);
    }
  }
  return (1 - weights.repeated) * repeated;
}

/** The turns that handed some of their score on to this one: {@link handOn} seen from the other end. */
function givers(
  { view, weights, scratch }: Pass,
  doc: number,
): { docs: number[]; shares: number[] } {
  const docs: number[] = [];
  const shares: number[] = [];
  const add = (giver: number, share: number): void => {
    if (giver < 0 || !scratch.handsOn(giver)) return;
    docs.push(giver);
    shares.push(share);
  };
  const previous = neighbourOf(view, doc, -1);
  if (previous >= 0) {
    add(previous, isAnswer(view, previous, doc) ? weights.answer : weights.previous);
    add(neighbourOf(view, previous, -1), weights.secondPrevious);
  }
  const next = neighbourOf(view, doc, 1);
  if (next >= 0) {
    add(next, weights.next);
    add(neighbourOf(view, next, 1), weights.secondNext);
  }
  return { docs, shares };
}

/** How often a document has a term, by binary search. */
function frequencyIn({ postings: { docs, frequencies } }: Match, doc: number): number {
  let low = 0;
  let high = docs.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = docs[middle]!;
    if (found === doc) return frequencies[middle]!;
    if (found < doc) low = middle + 1;
    else high = middle - 1;
  }
  return 0;
}
