import { documentFlags, type IndexView, none, roleBits } from '../index-view.js';
import type { Weights } from './weights.js';

/** Documents that two turns of one session may lie apart when sessions run at the same time. */
const interleaving = 16;

/** The live turn before (`step` −1) or after (+1) in the same session; {@link none} when there is none near. */
export function neighbourOf(view: IndexView, doc: number, step: -1 | 1): number {
  const session = view.sessions[doc]!;
  if (session < 0) return none;
  const { sessions, head } = view;
  let other = doc;
  for (let tries = 0; tries < interleaving; tries++) {
    other += step;
    if (other < 0 || other >= head) return none;
    if (sessions[other] === session && view.isLive(other)) return other;
  }
  return none;
}

/** Share of its score that `previous` hands on to the turn after it. */
export function shareOfPrevious(
  view: IndexView,
  weights: Weights,
  previous: number,
  doc: number,
): number {
  return answers(view, previous, doc) ? weights.answer : weights.previous;
}

/**
 * Another speaker's turn right after a question answers it. What a machine answers is general knowledge, seldom what
 * is looked for in a memory, so its turns are not lifted.
 */
function answers(view: IndexView, previous: number, doc: number): boolean {
  const { flags, speakers } = view;
  if ((flags[previous]! & documentFlags.asks) === 0) return false;
  if ((flags[doc]! & documentFlags.assistantRole) !== 0) return false;
  if (speakers[previous] !== speakers[doc]) return true;
  return speakers[doc]! < 0 && (flags[previous]! & roleBits) !== (flags[doc]! & roleBits);
}
