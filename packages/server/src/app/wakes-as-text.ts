import { randomUUID } from 'node:crypto';
import { isUuid, userId } from '../domain/ids.js';
import type { Wake } from '../sync/wake-bus.js';
import type { RemoteWakes } from './engine.js';

/** Wakes in one message: 150 of 38 bytes each stay below the 8,000 that a NOTIFY of Postgres takes. */
const wakesAMessage = 150;

/** Carries short texts to every node, the sender too. What is said while it is down is lost. */
export interface TextChannel {
  /** Errors: what was not sent is not sent later. */
  send(text: string): Promise<void>;
  /** Resolves once texts of others arrive. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** Opens what carries wakes between nodes. Told of wakes of others, and of lost connections, which are opened anew. */
export type OpenWakes = (
  onWake: (wake: Wake) => void,
  onError: (error: unknown) => void,
) => RemoteWakes;

/** Wakes over a channel that carries texts. A text names tenants and holds nothing of them. */
export function wakesAsText(
  open: (onText: (text: string) => void) => TextChannel,
  onWake: (wake: Wake) => void,
): RemoteWakes {
  const node = randomUUID();
  const channel = open((text) => {
    const [sender, ...wakes] = text.split(',');
    if (sender !== node) for (const wake of wakes) deliver(wake, onWake);
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

/** Anybody who reaches the channel may send: what is no wake is passed over, and a wake only makes one look. */
function deliver(text: string, onWake: (wake: Wake) => void): void {
  const [kind, tenant] = [text.slice(0, 1), text.slice(1)];
  if (!isUuid(tenant)) return;
  onWake({ kind: kind === 'a' ? 'access' : 'changed', userId: userId(tenant) });
}
