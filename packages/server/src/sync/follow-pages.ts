import type { UserId } from '../domain/ids.js';
import type { SyncCursor } from '../domain/sync-cursor.js';
import type { ChangeFeed, FeedPage } from '../memory/change-feed.js';
import { Waiter } from './waiter.js';
import type { WakeBus } from './wake-bus.js';

/** How to follow a feed. */
export interface FollowOptions {
  readonly feed: ChangeFeed;
  readonly bus: WakeBus;
  readonly ended: AbortSignal;
  /** Changes or memories in one page. */
  readonly pageSize: number;
  /** Milliseconds without a change after which an empty page is read all the same. */
  readonly idleMs: () => number;
}

/** Page after page from the cursor, each when it is asked for, until the signal aborts. */
export async function* followPages(
  userId: UserId,
  cursor: SyncCursor | undefined,
  { feed, bus, ended, pageSize, idleMs }: FollowOptions,
): AsyncGenerator<FeedPage, void> {
  const waiter = new Waiter(bus, userId);
  // Who goes between two pages may leave this standing where it is.
  ended.addEventListener('abort', () => waiter.close(), { once: true });
  try {
    let place = cursor;
    for (;;) {
      const page = await feed.read(userId, place, pageSize);
      if (ended.aborted) return;
      place = page.cursor;
      yield page;
      if (!page.more && (await waiter.next(place.seq, idleMs(), ended)) === 'aborted') return;
    }
  } finally {
    waiter.close();
  }
}
