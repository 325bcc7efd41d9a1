import type { Settings } from '../settings.js';
import { StellarMemoryError } from '../stellar-memory-error.js';
import { createTransport } from '../transport.js';
import type { StreamPatience } from './event-stream.js';
import { SocketFrames } from './socket-frames.js';
import type { ChangesResponse } from './sync-wire.js';
import { watchdog } from './watchdog.js';
import { type SocketEnd, SocketInbox, type WebSocketConstructor } from './web-socket.js';

/** What the feed is read with over sockets. */
export interface SocketOptions {
  readonly settings: Settings;
  readonly WebSocket: WebSocketConstructor;
  /** Who connects: of the sockets of one agent the last one stays. */
  readonly agent: string;
  readonly patience: StreamPatience;
  /** Told when the server has greeted. */
  readonly onWelcome: () => void;
  /** Told with which code the socket was closed. */
  readonly onClose: (code: number) => void;
  /** Characters that may wait to be taken. Default 4 Mi: the server lets 1 MiB wait on its side. */
  readonly maxCharacters?: number | undefined;
}

const protocol = 'stellar.sync.v1';
const defaultMaxCharacters = 4 * 1024 * 1024;

/**
 * Pages of the feed over a WebSocket, until it ends. A reader who is slower than what comes makes the socket end and
 * goes on with another one, from where he is. Whether a socket ends for ever is left for the next request to say.
 * Errors: `timeout` when it falls silent; `network_error`; those of the request for a ticket.
 */
export async function* streamFrames(
  options: SocketOptions,
  cursor: string,
  signal: AbortSignal,
): AsyncGenerator<ChangesResponse, never> {
  for (let place = cursor; ; ) {
    const dog = watchdog(signal, silent);
    try {
      const frames = new SocketFrames(place);
      const end = yield* readSocket(options, frames, dog);
      place = frames.cursor;
      if (end === 'full') continue;
      options.onClose(end);
      throw ended(end, frames.retryInMs);
    } finally {
      dog.stop();
    }
  }
}

async function* readSocket(
  { settings, WebSocket, agent, patience, onWelcome, maxCharacters }: SocketOptions,
  frames: SocketFrames,
  dog: ReturnType<typeof watchdog>,
): AsyncGenerator<ChangesResponse, SocketEnd> {
  dog.feed(patience.firstMs);
  const origin = pageOrigin();
  const key = await settings.findKey();
  const proof =
    origin === undefined ? [] : [`ticket.${await ticketFor(settings, origin, dog.signal)}`];
  const url = `${settings.baseUrl.replace(/^http/, 'ws')}/api/v1/sync`;
  const socket = new WebSocket(url, [protocol, ...proof]);
  try {
    const inbox = new SocketInbox(socket, maxCharacters ?? defaultMaxCharacters, () =>
      dog.feed(patience.silenceMs),
    );
    socket.addEventListener('open', () => {
      if (origin === undefined) socket.send(JSON.stringify({ t: 'auth', key }));
      socket.send(JSON.stringify({ t: 'hello', agent, cursor: frames.cursor }));
    });
    for (;;) {
      const { texts, end } = await inbox.next(dog.signal);
      const pages = frames.pagesOf(texts);
      if (frames.isWelcome) onWelcome();
      yield* pages;
      if (end !== undefined) return end;
    }
  } finally {
    socket.close(1000);
  }
}

/** The origin of the page that this runs in. A page cannot send headers, and its key must not be in an address. */
function pageOrigin(): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly origin: string } };
  return location?.origin.startsWith('http') === true ? location.origin : undefined;
}

async function ticketFor(settings: Settings, origin: string, signal: AbortSignal): Promise<string> {
  const send = createTransport({ ...settings, retry: { ...settings.retry, attempts: 1 } });
  const operation = { method: 'POST', path: '/api/v1/sync/ticket', body: { origin } } as const;
  return (await send<{ ticket: string }>(operation, { signal })).value.ticket;
}

const ended = (code: number, retryInMs: number | undefined): StellarMemoryError =>
  new StellarMemoryError('network_error', {
    detail: `The socket of changes was closed (${code}).`,
    retryAfterSeconds: retryInMs === undefined ? undefined : retryInMs / 1000,
  });

const silent = (): StellarMemoryError =>
  new StellarMemoryError('timeout', { detail: 'The socket of changes fell silent.' });
