import { spanOf } from './dates.js';
import { handOn } from './neighbours.js';
import type { Pass } from './pass.js';
import { type Scratch, scoreSteps } from './scratch.js';
import { stepOfBest } from './steps.js';

/** Whether a document may be returned. */
export type DocumentFilter = (doc: number) => boolean;

/**
 * Chooses the documents whose context is looked at: the best by their own words, and the neighbours that they hand
 * on their score to, because the answer to "what is your favourite book?" seldom repeats the question (7 points of
 * R@10). A filter has its own best, so that it never comes away with fewer than match.
 */
export function chooseCandidates(pass: Pass, filter: DocumentFilter | undefined): void {
  const { scratch, weights } = pass;
  addBest(scratch, weights.candidates, undefined);
  if (filter !== undefined && scratch.touchedCount > weights.candidates)
    addBest(scratch, weights.candidates, filter);
  const { candidates, own, handed } = scratch;
  let score = 0;
  const take = (neighbour: number, share: number): void => {
    scratch.addCandidate(neighbour);
    handed[neighbour]! += share * score;
  };
  const givers = candidates.length;
  for (let at = 0; at < givers; at++) {
    const doc = candidates[at]!;
    score = own[doc]!;
    handOn(pass, doc, take);
  }
}

function addBest(scratch: Scratch, wanted: number, filter: DocumentFilter | undefined): void {
  const { touched, touchedCount, own } = scratch;
  const all = touchedCount <= wanted;
  const { step, room } = all ? { step: -1, room: 0 } : stepOfBest(scratch, wanted, filter);
  const scale = scoreSteps / scratch.bestOwn;
  let left = room;
  // Backwards, because of equal ones the newer are wanted.
  for (let at = touchedCount - 1; at >= 0; at--) {
    const doc = touched[at]!;
    const stands = all ? 0 : (own[doc]! * scale) | 0;
    if (stands < step || (stands === step && left === 0)) continue;
    if (filter !== undefined && !filter(doc)) continue;
    if (stands === step) left--;
    scratch.addGiver(doc);
  }
}

/** Adds the newest memories of the days that the query names, which may share no word with it. */
export function addDated(pass: Pass): void {
  const spans = pass.query.dates.map(spanOf).filter((span) => span !== undefined);
  if (spans.length === 0) return;
  const { days } = pass.view;
  addNewest(pass, (doc) => {
    const day = days[doc]!;
    return spans.some((span) => day >= span.from && day <= span.to);
  });
}

/** Adds the newest memories of the named speakers when nothing else is known: a mere name asks for them. */
export function addSpoken(pass: Pass): void {
  const { gains } = pass.speakers;
  if (gains.size === 0 || pass.matches.some((match) => !match.isName)) return;
  const { speakers } = pass.view;
  addNewest(pass, (doc) => gains.has(speakers[doc]!));
}

function addNewest({ view, scratch, weights }: Pass, wanted: DocumentFilter): void {
  let room = weights.candidates;
  for (let doc = view.head - 1; doc >= 0 && room > 0; doc--) {
    if (!wanted(doc) || !view.isLive(doc)) continue;
    scratch.addCandidate(doc);
    room--;
  }
}
