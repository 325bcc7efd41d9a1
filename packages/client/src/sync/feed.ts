import type { Settings } from '../settings.js';
import { StellarMemoryError } from '../stellar-memory-error.js';
import { createTransport } from '../transport.js';
import { type StreamPatience, streamPages } from './event-stream.js';
import type { ChangesResponse } from './sync-wire.js';

/**
 * How changes arrive once a replica has caught up. `stream`: server-sent events, one request for as long as the
 * connection lasts. `poll`: one request for each change, or one in 25 seconds; passes every proxy.
 */
export type SyncTransport = 'stream' | 'poll';

/** Pages of the feed after a cursor, without an end unless the server makes one. */
export type ReadFeed = (
  cursor: string | undefined,
  signal: AbortSignal,
) => AsyncGenerator<ChangesResponse, void>;

/** Changes or memories that a page has at most. */
const pageSize = 100;

/** Seconds that the server holds a poll. */
const waitSeconds = 25;

const defaultPatience: StreamPatience = { firstMs: 10_000, silenceMs: 45_000 };

/** What a feed is read with. */
export interface FeedOptions {
  readonly settings: Settings;
  /** Absent: a stream, and polls from the moment when one does not get through. */
  readonly transport: SyncTransport | undefined;
  readonly patience?: StreamPatience | undefined;
}

/** Reads the feed of one account: first what there is, page by page, then what comes. */
export function createFeed({ settings, transport, patience }: FeedOptions): ReadFeed {
  const timeoutMs = Math.max(settings.timeoutMs, (waitSeconds + 10) * 1000);
  // Whoever reads on begins anew after a failure, so that attempts are counted in one place.
  const send = createTransport({
    ...settings,
    timeoutMs,
    retry: { ...settings.retry, attempts: 1 },
  });
  let polls = transport === 'poll';
  // Halved when a page did not arrive: one that is too large for the connection would fail for ever.
  let limit = pageSize;
  const ask: Ask = async (cursor, wait, signal) => {
    const query = { cursor, wait, limit };
    const operation = { method: 'GET', path: '/api/v1/changes', query } as const;
    limit = Math.max(1, limit >> 1);
    const { value } = await send<ChangesResponse>(operation, { signal });
    limit = Math.min(pageSize, limit * 4);
    return value;
  };
  return async function* (cursor, signal) {
    let place = cursor;
    for (;;) {
      const page = await ask(place, 0, signal);
      place = page.cursor;
      yield page;
      if (!page.more) break;
    }
    if (polls) return yield* poll(ask, place, signal);
    let came = false;
    try {
      for await (const page of streamPages(settings, place, signal, patience ?? defaultPatience)) {
        came = true;
        yield page;
      }
    } catch (error) {
      const held = error instanceof StellarMemoryError && error.code === 'timeout' && !came;
      polls ||= held && transport === undefined;
      throw error;
    }
  };
}

type Ask = (
  cursor: string | undefined,
  wait: number,
  signal: AbortSignal,
) => Promise<ChangesResponse>;

async function* poll(
  ask: Ask,
  cursor: string,
  signal: AbortSignal,
): AsyncGenerator<ChangesResponse, void> {
  for (let place = cursor; ; ) {
    const page = await ask(place, waitSeconds, signal);
    place = page.cursor;
    yield page;
  }
}
