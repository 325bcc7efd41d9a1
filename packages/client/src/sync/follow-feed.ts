import { delayAfter, type RetryPolicy, waitFor } from '../retry.js';
import { StellarMemoryError } from '../stellar-memory-error.js';
import type { ReadFeed } from './feed.js';
import { isFinal } from './is-final.js';
import type { ChangesResponse } from './sync-wire.js';

/** What follows a feed. */
export interface FollowOptions {
  readonly feed: ReadFeed;
  readonly retry: RetryPolicy;
  /** Where to go on. */
  readonly cursor: () => string | undefined;
  /** Takes a page; the next is asked for afterwards. Errors: `sync_gap`, after which it is asked for again. */
  readonly take: (page: ChangesResponse) => Promise<void>;
  /** Told of every failure that is not for ever. */
  readonly onLost: (error: StellarMemoryError) => void;
}

/** Reads a feed again and again. Errors: what no repetition mends; what `take` throws; the reason of the signal. */
export async function followFeed(options: FollowOptions, signal: AbortSignal): Promise<never> {
  const { feed, cursor, retry, take, onLost } = options;
  let failures = 0;
  let resets = 0;
  const takeCounted = async (page: ChangesResponse): Promise<void> => {
    if (page.mode !== 'snapshot') resets = page.mode === 'reset' ? resets + 1 : 0;
    // A server that knows no other answer is asked less and less often.
    if (resets > 1) throw new StellarMemoryError('sync_gap', { detail: 'Two resets in a row.' });
    await take(page);
    if (page.mode !== 'reset') failures = 0;
  };
  for (;;) {
    const error = await readToEnd(feed(cursor(), signal), takeCounted);
    signal.throwIfAborted();
    if (isFinal(error)) throw error;
    onLost(error);
    failures += 1;
    await waitFor(delayAfter(Math.min(failures, 30), error, retry), signal);
  }
}

/** Takes pages until there are no more. Answers why. */
async function readToEnd(
  source: AsyncGenerator<ChangesResponse, void>,
  take: (page: ChangesResponse) => Promise<void>,
): Promise<StellarMemoryError> {
  try {
    for await (const page of source) await take(page);
    return new StellarMemoryError('network_error', { detail: 'The server ended the stream.' });
  } catch (error) {
    if (error instanceof StellarMemoryError) return error;
    throw error;
  }
}
