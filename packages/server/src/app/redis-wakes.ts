import { StartRefused } from '../config/start-refused.js';
import { type OpenWakes, type TextChannel, wakesAsText } from './wakes-as-text.js';

type Library = typeof import('@redis/client');

const channelName = 'stellar_wakes';
/** Milliseconds before a lost connection is opened again. */
const reconnectMs = 1_000;

/**
 * What carries wakes between nodes over Redis, which keeps nothing of them. The library comes only with who wants it.
 * Errors: `StartRefused` when the library is not installed.
 */
export async function redisWakes(url: string): Promise<OpenWakes> {
  const library = await loadLibrary();
  return (onWake, onError) =>
    wakesAsText((onText) => openChannel(library, url, { onText, onError }), onWake);
}

async function loadLibrary(): Promise<Library> {
  try {
    return await import('@redis/client');
  } catch {
    throw new StartRefused([
      'REDIS_URL needs @redis/client. Install it beside the server: ' +
        'npm install --no-save @redis/client@6.3.1',
    ]);
  }
}

interface Listening {
  readonly onText: (text: string) => void;
  readonly onError: (error: unknown) => void;
}

function openChannel(library: Library, url: string, { onText, onError }: Listening): TextChannel {
  const connection = library
    .createClient({
      url,
      // Wakes of a minute ago wake nobody who has not looked by himself.
      disableOfflineQueue: true,
      socket: { reconnectStrategy: reconnectMs },
    })
    .on('error', onError);
  const listening = new Promise<void>((resolve) => {
    // At every new connection: one that was lost between the two steps would never listen.
    connection.on(
      'ready',
      () => void connection.subscribe(channelName, onText).then(resolve, onError),
    );
  });
  // It goes on until it is connected and tells each failure as an event; it rejects when it was closed meanwhile.
  connection.connect().catch(() => undefined);
  return {
    async send(text) {
      await connection.publish(channelName, text);
    },
    ready: () => listening,
    async close() {
      connection.destroy();
    },
  };
}
