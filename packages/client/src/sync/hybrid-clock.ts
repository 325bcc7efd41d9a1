/** A hybrid logical clock as it is kept. */
export interface ClockState {
  /** Milliseconds since the Unix epoch of the last stamp. */
  readonly ms: number;
  /** Order within the millisecond. */
  readonly counter: number;
  /** Milliseconds by which the server's clock was ahead of this one when it last answered; absent before. */
  readonly aheadMs?: number;
}

export const newClock: ClockState = { ms: 0, counter: 0 };

/** Milliseconds that a stamp may be ahead of the server, as the server allows it. */
const toleranceMs = 60_000;

/** The wire has five digits for the counter. */
const counters = 100_000;

/**
 * The clock after one more stamp: later than every stamp before, near the wall clock where that is right. One that is
 * ahead of the server by more than a minute is held back to that.
 */
export function tick({ aheadMs, ...last }: ClockState, nowMs: number): ClockState {
  const latest = aheadMs === undefined ? nowMs : nowMs + aheadMs + toleranceMs;
  const wallMs = Math.floor(Math.min(nowMs, latest));
  const next =
    wallMs > last.ms
      ? { ms: wallMs, counter: 0 }
      : last.counter + 1 < counters
        ? { ms: last.ms, counter: last.counter + 1 }
        : { ms: last.ms + 1, counter: 0 };
  return aheadMs === undefined ? next : { ...next, aheadMs };
}

/** The clock after an answer of the server: what is stamped from now on is later than what the server has seen. */
export function observe(clock: ClockState, serverTime: string, nowMs: number): ClockState {
  const [ms = 0, counter = 0] = serverTime.split('.').map(Number);
  const isLater = ms > clock.ms || (ms === clock.ms && counter > clock.counter);
  const { ms: lastMs, counter: lastCounter } = isLater ? { ms, counter } : clock;
  return { ms: lastMs, counter: lastCounter, aheadMs: ms - Math.floor(nowMs) };
}

/** The last stamp as the wire has it. */
export const stampOf = ({ ms, counter }: ClockState): string => `${ms}.${counter}`;
