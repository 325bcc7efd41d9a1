import type { DocumentFilter } from './candidates.js';
import type { Scratch } from './scratch.js';
import { stepOfBest } from './steps.js';

/** Documents and scores, parallel, best first. */
export interface Ranked {
  readonly docs: readonly number[];
  readonly scores: readonly number[];
}

/**
 * Fills a ranking up with what matches but was no candidate, by its own words alone: only somebody who asks for
 * thousands of documents ever sees these. Their scores never exceed the last candidate's.
 */
export function rankRest(
  best: Ranked,
  scratch: Scratch,
  limit: number,
  filter: DocumentFilter | undefined,
): Ranked {
  const isRest = (doc: number): boolean =>
    !scratch.isCandidate(doc) && (filter === undefined || filter(doc));
  const { own } = scratch;
  const sorted = sortedKeys(scratch, limit - best.docs.length, isRest);
  const ceiling = best.scores.at(-1) ?? Infinity;
  const docs = [...best.docs];
  const scores = [...best.scores];
  for (let at = sorted.length - 1; at >= 0 && docs.length < limit; at--) {
    const doc = sorted[at]! % docSteps;
    docs.push(doc);
    scores.push(Math.min(ceiling, own[doc]!));
  }
  return { docs, scores };
}

/**
 * The best of these documents by their own words, worst first, a few more than wanted: score and document in one
 * number, because sorting numbers without a comparison function is ten times as fast. Counting finds those that need
 * not be sorted: a common word of a large tenant has hundreds of thousands.
 */
function sortedKeys(scratch: Scratch, wanted: number, isRest: DocumentFilter): Float64Array {
  const { touched, touchedCount, own, bestOwn } = scratch;
  const { score: least } =
    touchedCount <= wanted ? { score: 0 } : stepOfBest(scratch, wanted, isRest);
  const keys = new Float64Array(touchedCount);
  let count = 0;
  for (let at = 0; at < touchedCount; at++) {
    const doc = touched[at]!;
    if (own[doc]! < least || !isRest(doc)) continue;
    keys[count++] = Math.floor((own[doc]! / bestOwn) * fineSteps) * docSteps + doc;
  }
  return keys.subarray(0, count).sort();
}

const docSteps = 2 ** 31;
const fineSteps = 2 ** 21;
