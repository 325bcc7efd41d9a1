import {
  type ChangeEvent,
  limits,
  type ServerFrame,
  syncClose,
  syncLimits,
  tierLimits,
} from '@stellar-memory/protocol';
import type { Identity } from '../auth/identity.js';
import { encodeSyncCursor, type SyncCursor } from '../domain/sync-cursor.js';
import type { FeedPage } from '../memory/change-feed.js';
import { followPages } from './follow-pages.js';
import { jitteredMs } from './jitter.js';
import type { Seat } from './lease-keeper.js';
import type { SocketServices } from './socket-session.js';
import type { Wire } from './wire.js';

/** Changes or memories in one page: with contents of the largest size it is about a megabyte. */
const pageSize = 25;
/** A page that several sockets share is written as text once. */
const texts = new WeakMap<ChangeEvent, string>();

function textOf(event: ChangeEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify({ t: 'ev', ...event } satisfies ServerFrame);
  texts.set(event, text);
  return text;
}

/** Milliseconds after which a socket without news looks all the same; heads are polled for it anyway. */
const idleMs = 600_000;

/**
 * Brings a client to where the feed stands, and keeps it there. It reads page after page from the client's own
 * cursor, the next when the one before was taken: a client who does not read makes nothing pile up, and goes on from
 * where it was.
 */
export class Catchup {
  readonly #services: SocketServices;
  readonly #wire: Wire;
  readonly #identity: Identity;
  readonly #seat: Seat;
  #head = 0;

  constructor(services: SocketServices, wire: Wire, identity: Identity, seat: Seat) {
    this.#services = services;
    this.#wire = wire;
    this.#identity = identity;
    this.#seat = seat;
  }

  /** Number of the tenant's last change when it was last read. */
  get head(): number {
    return this.#head;
  }

  /** Runs until the connection ends. Errors: those of the feed. */
  async run(cursor: SyncCursor | undefined): Promise<void> {
    const { feed, bus } = this.#services;
    const ended = this.#wire.gone;
    const follow = { feed, bus, ended, pageSize, idleMs: () => jitteredMs(idleMs) };
    let place = cursor;
    let welcomed = false;
    for await (const page of followPages(this.#identity.userId, cursor, follow)) {
      this.#head = page.head;
      if (!welcomed) this.#send(this.#welcome(page, cursor === undefined));
      const told = this.#tell(page, place === undefined);
      if (!page.more && (told || !welcomed))
        this.#send({ t: 'sync', seq: page.cursor.seq, digest: page.cursor.chain });
      place = page.cursor;
      welcomed = true;
      if (!(await this.#taken())) return;
    }
  }

  #welcome(page: FeedPage, isNew: boolean): ServerFrame {
    return {
      t: 'welcome',
      session: this.#seat.session,
      epoch: page.cursor.epoch,
      head: page.head,
      floor: page.floor,
      mode: page.mode === 'delta' ? 'resume' : isNew ? 'snapshot' : page.mode,
      limits: {
        frame_bytes: syncLimits.frameBytes,
        mutation_ops: limits.mutationOps,
        heartbeat_ms: this.#services.heartbeatMs ?? syncLimits.heartbeatMs,
        agents: tierLimits[this.#identity.tier].agents,
      },
      agents: [...this.#seat.agents],
    };
  }

  /** Whether there was anything to tell. */
  #tell(page: FeedPage, isStart: boolean): boolean {
    const { metrics } = this.#services;
    if (page.mode === 'delta') {
      for (const event of page.events) this.#wire.send(textOf(event));
      metrics.deliveries += page.events.length;
      return page.events.length > 0;
    }
    if (page.mode === 'reset') metrics.resets += 1;
    this.#send({
      t: 'snapshot',
      first: isStart || page.mode === 'reset',
      memories: [...page.memories],
      cursor: encodeSyncCursor(page.cursor),
      more: page.cursor.after !== undefined,
    });
    return true;
  }

  /** Waits while too much is on its way. False when the client reads nothing for too long. */
  async #taken(): Promise<boolean> {
    if (this.#wire.bufferedBytes <= syncLimits.bufferedBytes) return true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), this.#services.slowMs ?? syncLimits.slowMs);
    });
    const taken = await Promise.race([this.#wire.flushed().then(() => true), late]);
    clearTimeout(timer);
    if (taken) return true;
    this.#services.metrics.slow += 1;
    this.#wire.close(syncClose.slow, 'what was sent was not read');
    return false;
  }

  #send(frame: ServerFrame): void {
    this.#wire.send(JSON.stringify(frame));
  }
}
