import { randomUUID } from 'node:crypto';
import { isUuid, userId } from '../domain/ids.js';
import { openNotifyChannel } from '../storage/postgres/notify-channel.js';
import type { Wake } from '../sync/wake-bus.js';
import type { RemoteWakes } from './engine.js';

/** Wakes in one message: 150 of 38 bytes each stay below the 8,000 that Postgres takes. */
const wakesAMessage = 150;

/** Carries wakes between nodes over the direct connection. A message names tenants and holds nothing of them. */
export function openPostgresWakes(
  url: string,
  onWake: (wake: Wake) => void,
  onError: (error: unknown) => void,
): RemoteWakes {
  const node = randomUUID();
  const channel = openNotifyChannel({
    url,
    channel: 'stellar_wakes',
    onError,
    onMessage: (payload) => {
      const [sender, ...wakes] = payload.split(',');
      if (sender !== node) for (const text of wakes) deliver(text, onWake);
    },
  });
  return {
    async publish(wakes) {
      for (let at = 0; at < wakes.length; at += wakesAMessage)
        await channel.send([node, ...wakes.slice(at, at + wakesAMessage).map(textOf)].join(','));
    },
    ready: () => channel.ready(),
    close: () => channel.close(),
  };
}

const textOf = ({ kind, userId: tenant }: Wake): string =>
  `${kind === 'changed' ? 'c' : 'a'}${tenant}`;

/** Anybody who may connect to the database may notify: what is no wake is passed over, and a wake only makes one look. */
function deliver(text: string, onWake: (wake: Wake) => void): void {
  const [kind, tenant] = [text.slice(0, 1), text.slice(1)];
  if (!isUuid(tenant)) return;
  onWake({ kind: kind === 'a' ? 'access' : 'changed', userId: userId(tenant) });
}
