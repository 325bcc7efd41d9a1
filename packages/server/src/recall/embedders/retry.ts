import { setTimeout as pause } from 'node:timers/promises';
import { EmbedderError } from './embedder-error.js';

/** How to try again. */
export interface RetryOptions {
  readonly attempts: number;
  /** Milliseconds of the first pause at most; each next may be twice as long. */
  readonly firstPauseMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Longest pause between two tries, and longest wish of a provider that is waited for in place. */
const longestPauseMs = 20_000;

/**
 * Tries again while the provider is unavailable, after a random part of a growing pause, so that nodes which failed
 * together do not come back together. A provider that says when to come back is obeyed; when that is far off, the
 * caller gets the error and decides.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const pauseMs = tried < options.attempts ? pauseAfter(error, tried, options) : undefined;
      if (pauseMs === undefined) throw error;
      await pause(pauseMs, undefined, { signal: options.signal });
    }
  }
}

function pauseAfter(
  error: unknown,
  tried: number,
  { firstPauseMs }: RetryOptions,
): number | undefined {
  if (!(error instanceof EmbedderError) || error.fault !== 'unavailable') return undefined;
  const growing = Math.min(longestPauseMs, firstPauseMs * 2 ** (tried - 1)) * Math.random();
  const wished = error.retryAfterMs ?? 0;
  return wished > longestPauseMs ? undefined : wished + growing;
}

/** Milliseconds of a Retry-After header: seconds, or a date. */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
