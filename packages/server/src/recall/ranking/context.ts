import { none } from '../index-view.js';
import { saturated } from './bm25.js';
import { neighbourOf, shareOfPrevious } from './neighbours.js';
import type { DocumentNorms } from './own-words.js';
import type { Pass } from './pass.js';

/** Scores every candidate by term, one row a term: the table that {@link neighbourGain} reads. */
export function tabulate({ view, matches, scratch, weights }: Pass, norms: DocumentNorms): void {
  const table = scratch.fitTerms(matches.length);
  const { slot } = scratch;
  const width = scratch.candidates.length;
  const { lengths } = view;
  for (const [row, { postings, worth }] of matches.entries()) {
    const { docs, frequencies } = postings;
    for (let at = 0; at < docs.length; at++) {
      const doc = docs[at]!;
      const place = slot[doc]!;
      if (place === 0) continue;
      const norm = norms.of(lengths[doc]!);
      table[row * width + place - 1] = worth * saturated(frequencies[at]!, norm, weights.k1);
    }
  }
}

/**
 * What a candidate gains from the turns around it: a share of their scores, term by term, and just a part of that for
 * a term that it has itself, so that two turns about different halves of a question beat two about the same half.
 */
export function neighbourGain(pass: Pass, doc: number): number {
  const { view, matches, scratch, weights } = pass;
  const previous = neighbourOf(view, doc, -1);
  const next = neighbourOf(view, doc, 1);
  if (previous < 0 && next < 0) return 0;
  const p1 = placeOf(pass, previous);
  const n1 = placeOf(pass, next);
  const p2 = previous < 0 ? none : placeOf(pass, neighbourOf(view, previous, -1));
  const n2 = next < 0 ? none : placeOf(pass, neighbourOf(view, next, 1));
  const share = p1 < 0 ? 0 : shareOfPrevious(view, weights, previous, doc);

  const { byTerm } = scratch;
  const place = placeOf(pass, doc);
  const width = scratch.candidates.length;
  const end = matches.length * width;
  let gain = 0;
  for (let row = 0; row < end; row += width) {
    let handed = 0;
    if (p1 >= 0) handed += share * byTerm[row + p1]!;
    if (n1 >= 0) handed += weights.next * byTerm[row + n1]!;
    if (p2 >= 0) handed += weights.secondPrevious * byTerm[row + p2]!;
    if (n2 >= 0) handed += weights.secondNext * byTerm[row + n2]!;
    gain += byTerm[row + place]! > 0 ? weights.repeated * handed : handed;
  }
  return gain;
}

/** A document's column of the table; {@link none} when it is no candidate. */
const placeOf = ({ scratch }: Pass, doc: number): number =>
  doc < 0 ? none : scratch.slot[doc]! - 1;

/** What a candidate gains from its session: a share of its best turn and of its score as one text. */
export function sessionGain({ view, scratch, weights }: Pass, doc: number): number {
  const session = view.sessions[doc]!;
  if (session < 0) return 0;
  return (
    weights.sessionBest * scratch.sessionBest[session]! +
    weights.session * scratch.sessionScore[session]!
  );
}
