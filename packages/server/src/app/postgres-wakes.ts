import { openNotifyChannel } from '../storage/postgres/notify-channel.js';
import type { Wake } from '../sync/wake-bus.js';
import type { RemoteWakes } from './engine.js';
import { wakesAsText } from './wakes-as-text.js';

/** Carries wakes between nodes over the direct connection. */
export const openPostgresWakes = (
  url: string,
  onWake: (wake: Wake) => void,
  onError: (error: unknown) => void,
): RemoteWakes =>
  wakesAsText(
    (onMessage) => openNotifyChannel({ url, channel: 'stellar_wakes', onError, onMessage }),
    onWake,
  );
