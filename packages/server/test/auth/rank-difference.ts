/**
 * How far two samples differ, in standard deviations: the Mann-Whitney statistic, normal approximation. It asks about
 * order only, so that a few slow answers of a busy machine do not decide.
 */
export function rankDifference(one: readonly number[], other: readonly number[]): number {
  let wins = 0;
  for (const a of one) for (const b of other) wins += a > b ? 1 : a === b ? 0.5 : 0;
  const pairs = one.length * other.length;
  const deviation = Math.sqrt((pairs * (one.length + other.length + 1)) / 12);
  return (wins - pairs / 2) / deviation;
}
