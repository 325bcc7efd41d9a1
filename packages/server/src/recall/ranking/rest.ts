import type { DocumentFilter } from './candidates.js';
import type { Scratch } from './scratch.js';

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
  const { touched, touchedCount, own } = scratch;
  const keys = new Float64Array(touchedCount);
  let count = 0;
  for (let at = 0; at < touchedCount; at++) {
    const doc = touched[at]!;
    if (scratch.isCandidate(doc) || (filter !== undefined && !filter(doc))) continue;
    keys[count++] = Math.floor((own[doc]! / scratch.bestOwn) * scoreSteps) * docSteps + doc;
  }
  // Sorting numbers without a comparison function is ten times as fast, so score and document share one number.
  const sorted = keys.subarray(0, count).sort();
  const ceiling = best.scores.at(-1) ?? Infinity;
  const docs = [...best.docs];
  const scores = [...best.scores];
  for (let at = count - 1; at >= 0 && docs.length < limit; at--) {
    const doc = sorted[at]! % docSteps;
    docs.push(doc);
    scores.push(Math.min(ceiling, own[doc]!));
  }
  return { docs, scores };
}

const docSteps = 2 ** 31;
const scoreSteps = 2 ** 21;
