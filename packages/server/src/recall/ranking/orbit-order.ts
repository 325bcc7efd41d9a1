/** What the whole of the orbit counts: of two equally relevant results the worse keeps 1 − weight of its relevance. */
export const orbitWeight = 0.1;

/** Places that a result may be passed over by others: how far ahead is looked, and how much is read for it. */
export const orbitReach = 5;

/** A result in the order of relevance, and how well its memory is placed in its orbit, 0–1. */
export interface Placed {
  readonly doc: number;
  /** Relevance. */
  readonly score: number;
  readonly orbit: number;
}

/** Share of its relevance that a result loses by its orbit. */
export const discountOf = (orbit: number, weight = orbitWeight): number =>
  weight * (1 - Math.min(1, Math.max(0, orbit)));

/** Relevance as the orbit leaves it: never more than it was. */
export const weighed = ({ score, orbit }: Placed, weight = orbitWeight): number =>
  score - Math.abs(score) * discountOf(orbit, weight);

/** What comes next, and what it takes to go on behind it. */
export interface OrbitPage<Item> {
  readonly page: readonly Item[];
  /** Items from the front of the ranking that are all done with: the next page begins behind them. */
  readonly done: number;
  /** Documents that were taken from further behind than that. */
  readonly ahead: readonly number[];
}

/**
 * Puts results into the order of their weighed relevance within a window that slides over the ranking: where pages end
 * changes nothing about the order, and nothing is passed over by more than `orbitReach` others. An answer therefore
 * depends on the first `limit + orbitReach` results alone.
 *
 * @param ranked in the order of relevance, from behind what is done with; read as far as it goes
 * @param ahead documents among them that earlier pages have taken
 */
export function orbitOrder<Item extends Placed>(
  ranked: readonly Item[],
  ahead: readonly number[],
  limit: number,
  weight = orbitWeight,
): OrbitPage<Item> {
  const taken = new Set(ahead);
  const page: Item[] = [];
  let done = 0;
  const skipDone = (): void => {
    while (done < ranked.length && taken.has(ranked[done]!.doc)) done += 1;
  };
  for (skipDone(); page.length < limit && done < ranked.length; skipDone()) {
    const window = ranked.slice(done, ahead.length + page.length + 1 + orbitReach);
    const passed = window.filter(({ doc }) => taken.has(doc)).length;
    const next =
      passed >= orbitReach ? ranked[done]! : best(window, (item) => taken.has(item.doc), weight);
    taken.add(next.doc);
    page.push(next);
  }
  const behind = ranked.slice(done).filter(({ doc }) => taken.has(doc));
  return { page, done, ahead: behind.map(({ doc }) => doc) };
}

/** Of equals the more relevant. */
function best<Item extends Placed>(
  window: readonly Item[],
  isTaken: (item: Item) => boolean,
  weight: number,
): Item {
  const left = window.filter((item) => !isTaken(item));
  return left.reduce((one, other) => (weighed(other, weight) > weighed(one, weight) ? other : one));
}
