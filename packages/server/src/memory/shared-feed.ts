import { setImmediate as endOfTurn } from 'node:timers/promises';
import { encodeSyncCursor } from '../domain/sync-cursor.js';
import type { ChangeFeed, FeedPage } from './change-feed.js';

/**
 * A feed whose readers of one turn of the event loop share what they read: a wake moves all sockets of a tenant at once,
 * and those that have caught up ask for the same page. None waits for another: a read leaves as soon as the turn ends,
 * so that its snapshot is younger than every reader in it.
 */
export function shareFeed(feed: ChangeFeed): ChangeFeed {
  const leaving = new Map<string, Promise<FeedPage>>();
  return {
    state: (userId) => feed.state(userId),
    read(userId, cursor, limit) {
      const key = `${userId} ${limit} ${cursor === undefined ? '' : encodeSyncCursor(cursor)}`;
      const joined = leaving.get(key);
      if (joined !== undefined) return joined;
      const page = endOfTurn().then(() => {
        leaving.delete(key);
        return feed.read(userId, cursor, limit);
      });
      leaving.set(key, page);
      return page;
    },
  };
}
