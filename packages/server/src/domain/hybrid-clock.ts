import { limits } from '@stellar-memory/protocol';

/** A moment on one replica: a hybrid logical clock, and who says so. Stamps are ordered by `compareStamps`. */
export interface Stamp {
  /** Milliseconds since the Unix epoch, no later than the server allowed when it came in. */
  readonly ms: number;
  /** Order within the millisecond. */
  readonly counter: number;
  /** The agent that made the edit, empty for none; decides between equal times. */
  readonly by: string;
}

/** The first moment after everything a field may hold that was never edited. */
export const stampOf = (ms: number): Stamp => ({ ms: Math.floor(ms), counter: 0, by: '' });

/** Negative when `a` is earlier. Code units, not a locale: every replica must agree. */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a.ms !== b.ms) return a.ms - b.ms;
  if (a.counter !== b.counter) return a.counter - b.counter;
  if (a.by === b.by) return 0;
  return a.by < b.by ? -1 : 1;
}

/** More than any counter on the wire (5 digits), for each of the operations that a mutation may have. */
const counters = 100_000 * limits.mutationOps;
/** Milliseconds ahead of the clamp that are told apart, 57 days; with the counter they stay below 2^53. */
const tellableAheadMs = 5_000_000_000;

/**
 * Takes a client's time in. One that is too far ahead counts as the latest moment allowed now, so that from a minute
 * later on others win again; what it was ahead moves into the counter, which keeps its own edits in their order.
 *
 * @param hlc as `hybridTime` of the protocol lets it through
 * @param nowMs the server's clock
 * @param place of the operation in its mutation: a later one has seen the earlier
 */
export function admitStamp(hlc: string, by: string, nowMs: number, place = 0): Stamp {
  const [ms, count] = hlc.split('.').map(Number) as [number, number];
  const counter = count * limits.mutationOps + place;
  const latest = Math.floor(nowMs) + limits.clockAheadMs;
  if (ms <= latest) return { ms, counter, by };
  const ahead = Math.min(ms - latest, tellableAheadMs);
  return { ms: latest, counter: ahead * counters + counter, by };
}

/** The stamp of an edit that knows what it replaces: later than that, whatever the clocks say. */
export const stampAfter = (replaced: Stamp, nowMs: number): Stamp =>
  Math.floor(nowMs) > replaced.ms
    ? stampOf(nowMs)
    : { ms: replaced.ms, counter: replaced.counter + 1, by: '' };

/** A time as clients carry it. */
export const formatHybridTime = (ms: number, counter = 0): string => `${Math.floor(ms)}.${counter}`;
