import { StellarMemoryError } from './stellar-memory-error.js';

/** How often and how patiently a call is tried again. */
export interface RetryOptions {
  /** Attempts in all, the first included. Default 4. */
  readonly attempts?: number;
  /** Upper end of the first wait; it doubles from attempt to attempt. Default 500. */
  readonly baseDelayMs?: number;
  /** Upper end of any wait that the server did not ask for. Default 8,000. */
  readonly maxDelayMs?: number;
  /** What a call may wait in all. A longer Retry-After is not waited for but reported. Default 30,000. */
  readonly maxTotalDelayMs?: number;
}

/** The same with its defaults. */
export type RetryPolicy = Required<RetryOptions>;

export const defaultRetry: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 500,
  maxDelayMs: 8_000,
  maxTotalDelayMs: 30_000,
};

/** Gateway statuses after which nobody knows whether the server acted; 429 says that it did not. */
const uncertainStatuses = new Set([502, 503, 504]);
const uncertainCodes = new Set<string>(['network_error', 'timeout', 'idempotency_in_flight']);

/**
 * Whether trying again may help and can do no harm. `actsOnce`: repeating the request does what one does
 * (it reads, or carries an Idempotency-Key); without it, only a request that was turned away is repeated.
 */
function mayRetry(error: unknown, actsOnce: boolean): error is StellarMemoryError {
  if (!(error instanceof StellarMemoryError)) return false;
  if (error.status === 429) return true;
  return actsOnce && (uncertainStatuses.has(error.status ?? 0) || uncertainCodes.has(error.code));
}

/**
 * Milliseconds to wait after this attempt (1 is the first): full jitter, which spreads a crowd of clients
 * best (AWS, "Exponential backoff and jitter"), on top of what the server asked for.
 */
export function delayAfter(
  attempt: number,
  error: StellarMemoryError,
  policy: RetryPolicy,
  random: () => number = Math.random,
): number {
  const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return (error.retryAfterSeconds ?? 0) * 1000 + random() * ceilingMs;
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
export type Pause = (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;

/** What a repeated call needs to know. */
export interface RetryCall {
  readonly policy: RetryPolicy;
  readonly actsOnce: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Calls until it succeeds, cannot succeed, or patience ends; then rejects with the last error. */
export async function withRetries<Answer>(
  act: () => Promise<Answer>,
  { policy, actsOnce, signal }: RetryCall,
  pause: Pause = waitFor,
): Promise<Answer> {
  let patienceMs = policy.maxTotalDelayMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (attempt >= policy.attempts || !mayRetry(error, actsOnce)) throw error;
      const delayMs = delayAfter(attempt, error, policy);
      patienceMs -= delayMs;
      if (patienceMs < 0) throw error;
      await pause(delayMs, signal);
    }
  }
}

/** The same on the platform's clock. */
export const waitFor: Pause = (delayMs, signal) =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      // Whatever the caller aborted with is what the caller gets.
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, delayMs);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
