import { spanOf } from './dates.js';
import { leastOfLargest } from './largest.js';
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
  const { own, handed } = scratch;
  let score = 0;
  const take = (neighbour: number, share: number): void => {
    scratch.addCandidate(neighbour);
    handed[neighbour]! += share * score;
  };
  const givers = scratch.candidateCount;
  for (let at = 0; at < givers; at++) {
    const doc = scratch.candidates[at]!;
    score = own[doc]!;
    handOn(pass, doc, take);
  }
}

function addBest(scratch: Scratch, wanted: number, filter: DocumentFilter | undefined): void {
  const { touched, touchedCount, scores } = scratch;
  const border = touchedCount <= wanted ? undefined : borderOf(scratch, wanted, filter);
  for (let at = touchedCount - 1; at >= 0; at--) {
    const doc = touched[at]!;
    if (
      border !== undefined &&
      placeOf(scores[at]! * border.scale, border.step, doc) < border.place
    )
      continue;
    if (filter === undefined || filter(doc)) scratch.addGiver(doc);
  }
}

/** What parts the best documents from the others: one step has some of both. */
interface Border {
  readonly scale: number;
  readonly step: number;
  /** {@link placeOf} the last of the best. */
  readonly place: number;
}

function borderOf(scratch: Scratch, wanted: number, filter: DocumentFilter | undefined): Border {
  const { touched, touchedCount, scores, counts } = scratch;
  const { step, room } = stepOfBest(scratch, wanted, filter);
  const scale = scoreSteps / scratch.bestOwn;
  const places = new Float64Array(counts[step]!);
  let count = 0;
  for (let at = 0; at < touchedCount; at++) {
    const stands = scores[at]! * scale;
    if ((stands | 0) !== step) continue;
    const doc = touched[at]!;
    if (filter === undefined || filter(doc)) places[count++] = placeOf(stands, step, doc);
  }
  const place = count <= room ? 0 : leastOfLargest(places, count, room);
  return { scale, step, place };
}

/** A document's place by its score and then its number: below 0 beneath the step, the same order above. */
const placeOf = (stands: number, step: number, doc: number): number =>
  Math.floor((stands - step) * fineSteps) * docSteps + doc;

/** Together what a number holds exactly. */
const docSteps = 2 ** 31;
const fineSteps = 2 ** 21;

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
