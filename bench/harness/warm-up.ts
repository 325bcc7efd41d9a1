import type { Measurement } from './percentiles.js';

const operations = 4_000;
const mostSeconds = 12;

/** What is said of it where figures are printed. */
export const warmUpRule = `before each load come ${operations} requests of it, or ${mostSeconds} s of them, that are not counted`;

/**
 * Drives a load before it is measured: a server that has run for a while has compiled what it does often, and its
 * connections have their plans. Counted in requests, because a slow machine gets few of them into a second.
 */
export async function warmUp(run: (seconds: number) => Promise<Measurement>): Promise<void> {
  let done = 0;
  for (let second = 0; second < mostSeconds && done < operations; second += 1)
    done += (await run(1)).operations;
}
