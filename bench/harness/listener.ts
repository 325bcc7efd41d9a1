import { syncProtocol } from '@stellar-memory/protocol';
import { Client } from 'undici';
import { WebSocket } from '../../packages/server/test/sync/socket-client.js';

/** Who follows a tenant's changes. */
export interface Listener {
  /** When each write came, by its number, in milliseconds of `performance.now()`. */
  readonly seen: Map<number, number>;
  pause(): void;
  resume(): void;
  close(): void;
}

/** Notes what a piece of text tells of writes; their contents begin with `write` and a number. */
function note(seen: Map<number, number>, text: string): void {
  const now = performance.now();
  for (const [, number] of text.matchAll(/"content":"write (\d+)\b/g))
    if (!seen.has(Number(number))) seen.set(Number(number), now);
}

/** Connects by WebSocket and resolves when it has caught up. */
export function listen(
  origin: string,
  key: string,
  agent: string,
  localAddress?: string,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const seen = new Map<number, number>();
    const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/api/v1/sync`, [syncProtocol], {
      headers: { 'x-api-key': key },
      perMessageDeflate: false,
      ...(localAddress === undefined ? {} : { localAddress }),
    });
    socket.on('open', () => socket.send(JSON.stringify({ t: 'hello', agent, cursor: null })));
    socket.on('message', (data: Buffer) => {
      const text = data.toString('latin1');
      if (text.startsWith('{"t":"ev"')) note(seen, text);
      else if (text.startsWith('{"t":"sync"'))
        resolve({
          seen,
          pause: () => socket.pause(),
          resume: () => socket.resume(),
          close: () => socket.terminate(),
        });
    });
    socket.on('error', reject);
  });
}

/** Follows by server-sent events and resolves when the stream has begun. */
export async function listenToEvents(origin: string, key: string): Promise<Listener> {
  const seen = new Map<number, number>();
  const client = new Client(origin);
  const { body } = await client.request({
    method: 'GET',
    path: '/api/v1/events',
    headers: { 'x-api-key': key },
  });
  body.on('error', () => undefined);
  await new Promise<void>((resolve) => body.once('data', () => resolve()));
  body.on('data', (piece: Buffer) => note(seen, piece.toString('latin1')));
  return {
    seen,
    pause: () => void body.pause(),
    resume: () => void body.resume(),
    close: () => void client.destroy(),
  };
}
