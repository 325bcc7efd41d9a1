import type { Settings } from '../settings.js';
import type { StreamPatience } from './event-stream.js';
import { createFeed } from './feed.js';
import { LocalView } from './local-view.js';
import type { Sync, SyncOptions } from './sync.js';
import { SyncSession } from './sync-session.js';
import { memoryStorage } from './sync-storage.js';

/** Opens a replica and begins to follow. Errors: those of the storage; the reason of the signal. */
export async function openSync(
  settings: Settings,
  { storage = memoryStorage(), transport, agent, signal }: SyncOptions,
  patience?: StreamPatience,
): Promise<Sync> {
  signal?.throwIfAborted();
  const view = new LocalView([...(await storage.load())]);
  const feed = createFeed({ settings, transport, patience });
  return new SyncSession({ storage, feed, view, settings, agent }, signal);
}
