/** Rate and latency of a measured run. */
export interface Measurement {
  readonly operations: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly failures: number;
}

/** The value below which the given share of sorted values lies. */
export const percentile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

/** Sums up the latencies (milliseconds) of a run that took so many seconds. */
export function measurement(
  latencies: readonly number[],
  seconds: number,
  failures = 0,
): Measurement {
  const sorted = Float64Array.from(latencies).sort();
  return {
    operations: sorted.length,
    seconds,
    perSecond: sorted.length / seconds,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    failures,
  };
}

/** Runs `operation` from so many clients at once for so many seconds, each as fast as it is answered. */
export async function closedLoop(
  clients: number,
  seconds: number,
  operation: (client: number, round: number) => Promise<boolean>,
): Promise<Measurement> {
  const latencies: number[] = [];
  let failures = 0;
  const begun = performance.now();
  const until = begun + seconds * 1000;
  const client = async (number: number): Promise<void> => {
    for (let round = 0; performance.now() < until; round += 1) {
      const from = performance.now();
      const good = await operation(number, round);
      latencies.push(performance.now() - from);
      if (!good) failures += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return measurement(latencies, (performance.now() - begun) / 1000, failures);
}
