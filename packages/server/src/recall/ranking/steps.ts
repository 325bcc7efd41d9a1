import { type Scratch, scoreSteps } from './scratch.js';

/** The step that the last of the best documents stands on. */
export interface LastStep {
  readonly step: number;
  /** How many of those on this step belong to the best. */
  readonly room: number;
  /** Documents below this score do not. */
  readonly score: number;
}

/**
 * Finds the best documents by their own words, by counting in steps instead of sorting. There must be more than
 * `wanted` with a score. Leaves the scores of all that were touched in `scratch.scores`, in the same order.
 */
export function stepOfBest(
  scratch: Scratch,
  wanted: number,
  filter?: (doc: number) => boolean,
): LastStep {
  const { touched, touchedCount, own, scores, counts } = scratch;
  const scale = scoreSteps / scratch.bestOwn;
  counts.fill(0);
  for (let at = 0; at < touchedCount; at++) {
    const doc = touched[at]!;
    const score = own[doc]!;
    scores[at] = score;
    if (filter === undefined || filter(doc)) counts[(score * scale) | 0]!++;
  }
  let room = wanted;
  let step = scoreSteps;
  for (; step > 0 && counts[step]! < room; step--) room -= counts[step]!;
  return { step, room, score: step / scale };
}
