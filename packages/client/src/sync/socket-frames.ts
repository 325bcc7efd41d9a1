import { StellarMemoryError } from '../stellar-memory-error.js';
import { placeOf } from './sync-cursor.js';
import type { ChangesResponse, ServerFrame } from './sync-wire.js';

/** Turns the frames of one socket into pages of the feed. */
export class SocketFrames {
  /** Where to go on after what was read. */
  cursor: string;
  /** Whether the server has greeted. */
  isWelcome = false;
  /** Milliseconds after which the server wants to be asked again, when it said so. */
  retryInMs: number | undefined;
  /** What the last heartbeat promised. */
  #promised = 0;

  constructor(cursor: string) {
    this.cursor = cursor;
  }

  /** Pages in these frames. Changes that came together are one page: they are committed together. Errors: `sync_gap`. */
  pagesOf(texts: readonly string[]): ChangesResponse[] {
    const pages: ChangesResponse[] = [];
    for (const page of texts.flatMap((text) => this.#read(JSON.parse(text) as ServerFrame))) {
      const last = pages.at(-1);
      if (last === undefined || !(isChange(last) && isChange(page))) pages.push(page);
      else pages[pages.length - 1] = { ...page, events: [...last.events, ...page.events] };
    }
    return pages;
  }

  #read(frame: ServerFrame): ChangesResponse[] {
    switch (frame.t) {
      case 'welcome':
        this.isWelcome = true;
        return [];
      case 'ev': {
        const { t: _, ...event } = frame;
        this.cursor = event.cursor;
        return [{ ...empty(event.cursor, event.to), events: [event], more: true }];
      }
      case 'snapshot': {
        const { cursor, first, memories } = frame;
        this.cursor = cursor;
        const mode = first ? 'reset' : 'snapshot';
        return [{ ...empty(cursor, placeOf(cursor).seq), mode, memories, more: true }];
      }
      case 'sync':
        return [empty(this.cursor, frame.seq)];
      case 'hb':
        return this.#beat(frame.head);
      case 'bye':
        this.retryInMs = frame.retry_in;
        return [];
      default:
        // A kind that this version does not know tells it nothing; a heartbeat will show what it missed.
        return [];
    }
  }

  /** A change may be on its way when the server names its number; at the next heartbeat it must have come. */
  #beat(head: number): ChangesResponse[] {
    const { seq } = placeOf(this.cursor);
    if (seq < this.#promised)
      throw new StellarMemoryError('sync_gap', {
        detail: `The server was at change ${this.#promised} one heartbeat ago; ${seq} has come.`,
      });
    this.#promised = head;
    return [];
  }
}

const empty = (cursor: string, head: number): ChangesResponse => ({
  mode: 'delta',
  cursor,
  head,
  events: [],
  memories: [],
  more: false,
});

const isChange = ({ events }: ChangesResponse): boolean => events.length > 0;
