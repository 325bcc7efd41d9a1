import type { Settings } from '../settings.js';
import { StellarMemoryError } from '../stellar-memory-error.js';
import { createTransport } from '../transport.js';
import { type StreamPatience, streamPages } from './event-stream.js';
import { streamFrames } from './socket-stream.js';
import type { ChangesResponse } from './sync-wire.js';
import type { WebSocketConstructor } from './web-socket.js';

/**
 * How changes arrive once a replica has caught up. `socket`: a WebSocket. `stream`: server-sent events, one request for
 * as long as the connection lasts. `poll`: one request for each change, or one in 25 seconds; passes every proxy.
 */
export type SyncTransport = 'socket' | 'stream' | 'poll';

/** Pages of the feed after a cursor, without an end unless the server makes one. */
export type ReadFeed = (
  cursor: string | undefined,
  signal: AbortSignal,
) => AsyncGenerator<ChangesResponse, void>;

/** Changes or memories that a page has at most. */
const pageSize = 100;

/** Seconds that the server holds a poll. */
const waitSeconds = 25;

/** The close code for a socket whose agent has connected elsewhere. */
const fenced = 4409;

const defaultPatience: StreamPatience = { firstMs: 10_000, silenceMs: 45_000 };

/** What a feed is read with. */
export interface FeedOptions {
  readonly settings: Settings;
  /** Absent: sockets where there are any, streams where those do not get through, and polls where streams do not. */
  readonly transport: SyncTransport | undefined;
  /** What sockets are opened with; absent where there are none. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Who connects. */
  readonly agent?: string | undefined;
  readonly patience?: StreamPatience | undefined;
}

/** Sockets in a row that the server has not greeted, after which none is tried any more. */
const maxRefusals = 3;

/** The seat of replicas that say no agent: they share one, so that they do not use up what the tier allows. */
const unnamedAgent = 'sync';

/** Reads the feed of one account: first what there is, page by page, then what comes. */
export function createFeed(options: FeedOptions): ReadFeed {
  const { transport } = options;
  const ask = createAsk(options.settings);
  const socket = createSocketReader(options);
  const stream = createStreamReader(options);
  return async function* (cursor, signal) {
    let place = cursor;
    for (;;) {
      const page = await ask(place, 0, signal);
      place = page.cursor;
      yield page;
      if (!page.more) break;
    }
    if (socket.isOpen()) yield* socket.read(place, signal);
    if (transport !== 'poll' && stream.isOpen()) yield* stream.read(place, signal);
    else yield* poll(ask, place, signal);
  };
}

/** Asks for one page. */
function createAsk(settings: Settings): Ask {
  const timeoutMs = Math.max(settings.timeoutMs, (waitSeconds + 10) * 1000);
  // Whoever reads on begins anew after a failure, so that attempts are counted in one place.
  const send = createTransport({
    ...settings,
    timeoutMs,
    retry: { ...settings.retry, attempts: 1 },
  });
  // Halved when a page did not arrive: one that is too large for the connection would fail for ever.
  let limit = pageSize;
  return async (cursor, wait, signal) => {
    const query = { cursor, wait, limit };
    const operation = { method: 'GET', path: '/api/v1/changes', query } as const;
    limit = Math.max(1, limit >> 1);
    const { value } = await send<ChangesResponse>(operation, { signal });
    limit = Math.min(pageSize, limit * 4);
    return value;
  };
}

/** One way in which changes come. */
interface LiveReader {
  /** Whether it is worth trying. */
  isOpen(): boolean;
  read: ReadLive;
}

type ReadLive = (cursor: string, signal: AbortSignal) => AsyncGenerator<ChangesResponse, void>;

/** Sockets. Ends without an error when another way has to be taken. */
function createSocketReader(options: FeedOptions): LiveReader {
  const { settings, transport, WebSocket, agent = unnamedAgent, patience } = options;
  let refusals = 0;
  return {
    isOpen: () =>
      WebSocket !== undefined &&
      (transport === 'socket' || (transport === undefined && refusals < maxRefusals)),
    async *read(cursor, signal) {
      let greeted = false;
      const socket = {
        settings,
        WebSocket: WebSocket!,
        agent,
        patience: patience ?? defaultPatience,
        onWelcome() {
          greeted = true;
          refusals = 0;
        },
        onClose(code: number) {
          // Another replica has this agent's seat: to take it back would be taken back in turn.
          if (code === fenced) refusals = maxRefusals;
        },
      };
      try {
        yield* streamFrames(socket, cursor, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (greeted || transport === 'socket') throw error;
        refusals += 1;
      }
    },
  };
}

/** Server-sent events. */
function createStreamReader({ settings, transport, patience }: FeedOptions): LiveReader {
  let held = false;
  return {
    isOpen: () => !held,
    async *read(cursor, signal) {
      let came = false;
      try {
        const pages = streamPages(settings, cursor, signal, patience ?? defaultPatience);
        for await (const page of pages) {
          came = true;
          yield page;
        }
      } catch (error) {
        const isSilent = error instanceof StellarMemoryError && error.code === 'timeout';
        held ||= isSilent && !came && transport === undefined;
        throw error;
      }
    },
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
