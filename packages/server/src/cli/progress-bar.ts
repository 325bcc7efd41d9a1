const width = 24;

/**
 * One line that says how far work is: `[####----] 40 % 400 of 1000 memories, 12 s left`.
 *
 * @param seconds that the work has taken so far; the time left is reckoned from it
 */
export function progressBar(done: number, total: number, unit: string, seconds: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * width);
  const bar = '#'.repeat(full) + '-'.repeat(width - full);
  const left = share > 0 && share < 1 ? `, ${duration((seconds * (1 - share)) / share)} left` : '';
  return `[${bar}] ${Math.floor(share * 100)} % ${done} of ${total} ${unit}${left}`;
}

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
