import { errorOf } from '../problem.js';
import type { Settings } from '../settings.js';
import { StellarMemoryError } from '../stellar-memory-error.js';
import { networkError, requestOf } from '../transport.js';
import type { Memory } from '../wire.js';
import { type ServerEvent, ServerEventParser } from './server-events.js';
import { placeOf } from './sync-cursor.js';
import type { ChangeEvent, ChangesResponse } from './sync-wire.js';
import { watchdog } from './watchdog.js';

/** How long a stream may say nothing. */
export interface StreamPatience {
  /** Milliseconds until the first event: something between may keep a stream back until it ends. */
  readonly firstMs: number;
  /** Milliseconds between events; the server sends a heartbeat every 30 s at most. */
  readonly silenceMs: number;
}

/**
 * Pages of the feed as server-sent events, until the server ends the stream.
 * Errors: `timeout` when it falls silent; those of the server; `network_error`.
 */
export async function* streamPages(
  settings: Settings,
  cursor: string,
  signal: AbortSignal,
  patience: StreamPatience,
): AsyncGenerator<ChangesResponse, void> {
  const operation = { method: 'GET', path: '/api/v1/events', query: { cursor } } as const;
  const [url, init] = requestOf(operation, settings.baseUrl, await settings.findKey());
  init.headers.set('accept', 'text/event-stream');
  const dog = watchdog(signal, () => silent());
  try {
    dog.feed(patience.firstMs);
    const response = await settings.fetch(url, { ...init, signal: dog.signal });
    if (!response.ok || response.body === null) throw errorOf(response, await response.text());
    const parser = new ServerEventParser();
    const decoder = new TextDecoder();
    for await (const bytes of piecesOf(response.body)) {
      const events = parser.push(decoder.decode(bytes, { stream: true }));
      if (events.length === 0) continue;
      dog.feed(patience.silenceMs);
      yield* pagesOf(events);
    }
  } catch (error) {
    throw dog.signal.aborted
      ? dog.signal.reason
      : error instanceof StellarMemoryError
        ? error
        : networkError(url, error);
  } finally {
    dog.stop();
  }
}

/** Not every browser can iterate over a body. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Whoever stops reading wants no more of it.
    await reader.cancel();
  }
}

/** Changes that arrive together are one page: they are committed together. */
function pagesOf(events: readonly ServerEvent[]): ChangesResponse[] {
  const pages: ChangesResponse[] = [];
  for (const page of events.flatMap(pageOf)) {
    const last = pages.at(-1);
    if (last === undefined || !(isChange(last) && isChange(page))) pages.push(page);
    else pages[pages.length - 1] = { ...page, events: [...last.events, ...page.events] };
  }
  return pages;
}

const isChange = ({ events }: ChangesResponse): boolean => events.length > 0;

function pageOf({ event, id, data }: ServerEvent): ChangesResponse[] {
  if (event === 'change') return [changePage(JSON.parse(data) as ChangeEvent)];
  const { head, memories = [] } = JSON.parse(data) as { head: number; memories?: Memory[] };
  const page = { cursor: id, head, events: [], memories };
  const { seq, unfinished } = placeOf(id);
  if (event === 'heartbeat') return [{ ...page, mode: 'delta', more: false }];
  // A kind that this version does not know tells it nothing; a heartbeat will show what it missed.
  if (event !== 'snapshot' && event !== 'reset') return [];
  return [{ ...page, mode: event, more: unfinished || seq < head }];
}

const changePage = (event: ChangeEvent): ChangesResponse => ({
  mode: 'delta',
  cursor: event.cursor,
  head: event.to,
  events: [event],
  memories: [],
  more: false,
});

const silent = (): StellarMemoryError =>
  new StellarMemoryError('timeout', {
    detail: 'The stream of changes fell silent.',
    next: 'Something on the way may hold it back. It is opened again.',
  });
