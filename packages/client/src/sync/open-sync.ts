import type { Settings } from '../settings.js';
import type { StreamPatience } from './event-stream.js';
import { createFeed } from './feed.js';
import { LocalView } from './local-view.js';
import type { Sync, SyncOptions } from './sync.js';
import { SyncSession } from './sync-session.js';
import { memoryStorage } from './sync-storage.js';
import { platformWebSocket } from './web-socket.js';

/** Opens a replica and begins to follow. Errors: those of the storage; the reason of the signal; `TypeError`. */
export async function openSync(
  settings: Settings,
  {
    storage = memoryStorage(),
    transport,
    WebSocket = platformWebSocket(),
    agent,
    signal,
  }: SyncOptions,
  patience?: StreamPatience,
): Promise<Sync> {
  signal?.throwIfAborted();
  if (transport === 'socket' && WebSocket === undefined)
    throw new TypeError('there is no WebSocket here: pass one, for example that of the package ws');
  const view = new LocalView([...(await storage.load())]);
  const feed = createFeed({ settings, transport, WebSocket, agent, patience });
  return new SyncSession({ storage, feed, view, settings, agent }, signal);
}
