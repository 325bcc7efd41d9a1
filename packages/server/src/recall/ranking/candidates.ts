import type { IndexView } from '../index-view.js';
import { spanOf } from './dates.js';
import { neighbourOf } from './neighbours.js';
import type { Pass } from './pass.js';
import type { Scratch } from './scratch.js';

/** Whether a document may be returned. */
export type DocumentFilter = (doc: number) => boolean;

/**
 * Chooses the documents whose context is looked at: the best by their own words, and their neighbours, because the
 * answer to "what is your favourite book?" seldom repeats the question (7 points of R@10). A filter has its own best,
 * so that it never comes away with fewer than match.
 */
export function chooseCandidates(
  { view, scratch, weights }: Pass,
  filter: DocumentFilter | undefined,
): void {
  addBest(scratch, weights.candidates, undefined);
  if (filter !== undefined && scratch.touchedCount > weights.candidates)
    addBest(scratch, weights.candidates, filter);
  const best = scratch.candidates.length;
  for (let at = 0; at < best; at++) {
    addNeighbours(view, scratch, scratch.candidates[at]!, -1);
    addNeighbours(view, scratch, scratch.candidates[at]!, 1);
  }
}

function addNeighbours(view: IndexView, scratch: Scratch, doc: number, step: -1 | 1): void {
  const first = neighbourOf(view, doc, step);
  if (first < 0) return;
  scratch.addCandidate(first);
  const second = neighbourOf(view, first, step);
  if (second >= 0) scratch.addCandidate(second);
}

function addBest(scratch: Scratch, wanted: number, filter: DocumentFilter | undefined): void {
  const { touched, touchedCount, own } = scratch;
  const least = touchedCount <= wanted ? 0 : leastOfBest(scratch, wanted, filter);
  for (let at = 0; at < touchedCount; at++) {
    const doc = touched[at]!;
    if (own[doc]! >= least && (filter === undefined || filter(doc))) scratch.addCandidate(doc);
  }
}

const steps = 4_096;

/**
 * The score from which on there are about `wanted` documents: found by counting in steps instead of sorting, one step
 * too many rather than one too few.
 */
function leastOfBest(
  { touched, touchedCount, own }: Scratch,
  wanted: number,
  filter: DocumentFilter | undefined,
): number {
  let best = 0;
  for (let at = 0; at < touchedCount; at++) best = Math.max(best, own[touched[at]!]!);
  const counts = new Uint32Array(steps + 1);
  const scale = steps / best;
  for (let at = 0; at < touchedCount; at++) {
    const doc = touched[at]!;
    if (filter === undefined || filter(doc)) counts[Math.floor(own[doc]! * scale)]!++;
  }
  let step = steps;
  for (let seen = counts[step]!; seen < wanted && step > 0; seen += counts[step]!) step--;
  return step / scale;
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
