import { percentile } from './percentiles.js';
import { rounded } from './report.js';

/** One quantity in two neighbouring windows of time, so that what else the machine does meets both alike. */
export interface Pair {
  readonly without: number;
  readonly beside: number;
}

/** By how much `beside` is greater, with the interval in which nine of ten repetitions of the same windows lie. */
interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** How long windows are compared for. */
export interface Patience {
  /** What the ratio is held against. */
  readonly threshold: number;
  /** Pairs that are looked at together. */
  readonly batch: number;
  /** Batches at most. */
  readonly batches: number;
}

const resamples = 1_000;

/** Compares windows until chance no longer decides on which side of the threshold the ratio lies, or patience ends. */
export async function comparePairs(
  { threshold, batch, batches }: Patience,
  measure: (withoutFirst: boolean) => Promise<Pair>,
): Promise<Ratio & { readonly pairs: number }> {
  const pairs: Pair[] = [];
  for (;;) {
    for (let number = 0; number < batch; number += 1) pairs.push(await measure(number % 2 === 0));
    const found = ratioOf(pairs);
    const isDecided = found.high <= threshold || found.low > threshold;
    if (isDecided || pairs.length >= batch * batches) return { ...found, pairs: pairs.length };
  }
}

/** The ratio with its interval, as a line of a report shows it. */
export const shownRatio = ({ ratio, low, high, pairs }: Ratio & { pairs: number }): string =>
  `${rounded(ratio, 2)} (90 %: ${rounded(low, 2)} to ${rounded(high, 2)}, ${pairs} pairs of windows)`;

/**
 * The median of what each pair says: what else the machine does for seconds falls on both windows of a pair, and what
 * it does for a moment falls on few pairs.
 */
function ratioOf(pairs: readonly Pair[]): Ratio {
  const ratios = pairs.map(({ without, beside }) => beside / without);
  const drawn = Float64Array.from({ length: resamples }, () =>
    median(ratios.map(() => ratios[Math.floor(Math.random() * ratios.length)]!)),
  ).sort();
  return { ratio: median(ratios), low: percentile(drawn, 0.05), high: percentile(drawn, 0.95) };
}

const median = (values: readonly number[]): number =>
  percentile(Float64Array.from(values).sort(), 0.5);
