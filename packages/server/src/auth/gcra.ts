/** Milliseconds that a limit is counted over: limits are so many a minute. */
export const windowMs = 60_000;

/**
 * The theoretical arrival time of the generic cell rate algorithm (ITU-T I.371), as debt: how many milliseconds of
 * the window are spent at a moment. It falls by itself, a millisecond each millisecond. What a request costs depends on
 * the limit, the debt does not: a change of tier needs no conversion.
 */
export interface Bucket {
  /** When everything that was spent is paid back, in the clock's milliseconds. */
  paidAtMs: number;
}

/** What became of a request. */
export interface Verdict {
  readonly allowed: boolean;
  /** Units that could be spent at once now. */
  readonly remaining: number;
  /** Milliseconds until one more unit is there than `remaining`; for a refused request, until it would be allowed. */
  readonly waitMs: number;
}

/** Milliseconds of debt now. A bucket that claims more than two windows was filled by a clock that was set back. */
export function debtMs(bucket: Bucket, nowMs: number): number {
  const debt = bucket.paidAtMs - nowMs;
  if (debt > 2 * windowMs) return windowMs;
  return Math.max(0, debt);
}

/** What spending would come to; changes nothing. A whole window's limit may be spent at once. */
export function judge(bucket: Bucket, nowMs: number, perMinute: number, cost: number): Verdict {
  const unitMs = windowMs / perMinute;
  const free = windowMs - debtMs(bucket, nowMs);
  const after = free - cost * unitMs;
  // Thousandths of a millisecond are the rounding of the divisions, not debt.
  const allowed = after > -0.001;
  const remaining = Math.max(0, Math.floor((allowed ? after : free) / unitMs + 1e-6));
  const waitMs = allowed ? Math.max(0, (remaining + 1) * unitMs - after) : -after;
  return { allowed, remaining, waitMs };
}

/** Spends units. */
export function spend(bucket: Bucket, nowMs: number, perMinute: number, cost: number): void {
  bucket.paidAtMs = nowMs + debtMs(bucket, nowMs) + (cost * windowMs) / perMinute;
}
