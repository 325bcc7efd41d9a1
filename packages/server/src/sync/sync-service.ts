import { syncLimits } from '@stellar-memory/protocol';
import type { Identity } from '../auth/identity.js';
import type { SyncTickets } from '../auth/sync-tickets.system.js';
import { StellarError } from '../domain/stellar-error.js';
import type { SyncCursor } from '../domain/sync-cursor.js';
import type { ChangeFeed, FeedPage } from '../memory/change-feed.js';
import { followPages } from './follow-pages.js';
import { jitteredMs } from './jitter.js';
import { Waiter } from './waiter.js';
import type { WakeBus } from './wake-bus.js';

/** What to read of a feed. */
export interface ChangesRequest {
  /** Absent: begin with a snapshot. */
  readonly cursor: SyncCursor | undefined;
  /** Changes or memories at most. */
  readonly limit: number;
  /** Milliseconds to wait for a change when there is none. */
  readonly waitMs: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Ways to follow a tenant's feed. The tenant is the one of the credential; nothing else names one (FR-09). */
export interface SyncService {
  /**
   * The next page; waits for one when there is nothing. Errors: those of the feed; `rate_limited` when too many wait
   * already; `unauthorized` or `account_suspended` when the credential ceases to hold meanwhile.
   */
  changes(identity: Identity, request: ChangesRequest): Promise<FeedPage>;
  /**
   * Page after page, each when it is asked for, until the signal aborts or the credential ceases to hold. An empty page is a heartbeat: it carries the
   * head, so that a reader who missed something notices. The next page comes when there is one, so a slow reader
   * makes nothing pile up: he goes on from his own cursor. Errors, at once: `rate_limited` when too many follow.
   */
  follow(
    identity: Identity,
    cursor: SyncCursor | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<FeedPage, void>;
  /** A ticket with which a page of that origin may connect once. */
  issueTicket(identity: Identity, origin: string): Promise<{ ticket: string; expiresAt: Date }>;
  /** Ends every wait, for a drain. */
  stop(): void;
}

/** What the service needs. */
export interface SyncServiceOptions {
  readonly feed: ChangeFeed;
  readonly bus: WakeBus;
  readonly access: AccessHolder;
  readonly tickets: SyncTickets;
  /** Milliseconds between heartbeats. Default 25,000 ± 20 %. */
  readonly heartbeatMs?: () => number;
}

/** Lets in whoever stays, and ends him when his credential does. */
export interface AccessHolder {
  hold(identity: Identity, signal: AbortSignal): AbortSignal;
  /** Ends everybody, and whoever comes later at once. */
  endAll(): void;
}

/** Changes or memories in one page of `follow`. */
const pageSize = 100;

const defaultHeartbeatMs = (): number => jitteredMs(syncLimits.heartbeatMs);

/** Follows feeds on one node. */
export function createSyncService(options: SyncServiceOptions): SyncService {
  const { feed, bus, access, tickets, heartbeatMs = defaultHeartbeatMs } = options;
  const follow = { feed, bus, pageSize, idleMs: heartbeatMs };

  return {
    stop: () => access.endAll(),
    issueTicket: (identity, origin) => tickets.issue(identity, origin),
    follow: (identity, cursor, signal) =>
      followPages(identity.userId, cursor, { ...follow, ended: access.hold(identity, signal) }),

    async changes(identity, { cursor, limit, waitMs, signal }) {
      const { userId } = identity;
      if (waitMs === 0) return feed.read(userId, cursor, limit);
      const left = new AbortController();
      const held = access.hold(identity, AbortSignal.any([signal, left.signal]));
      const waiter = new Waiter(bus, userId);
      const deadline = performance.now() + waitMs;
      try {
        for (;;) {
          const page = await feed.read(userId, cursor, limit);
          const end = isNews(page)
            ? 'news'
            : await waiter.next(page.cursor.seq, deadline - performance.now(), held);
          if (held.reason instanceof StellarError) throw held.reason;
          if (end !== 'woken') return page;
        }
      } finally {
        waiter.close();
        left.abort();
      }
    },
  };
}

const isNews = ({ mode, events }: FeedPage): boolean => mode !== 'delta' || events.length > 0;
