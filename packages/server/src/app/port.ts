import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartRefused } from '../config/start-refused.js';

/** Where to listen. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Fails before anything is opened when the address cannot be had: seconds sooner than listening would,
 * and with nothing made that an operator would have to look at.
 */
export async function assertCanListen(address: Address): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ ...address, exclusive: true });
    await once(probe, 'listening');
  } catch (error) {
    throw listenRefused(address, error);
  }
  probe.close();
  await once(probe, 'close');
}

/** What to tell the operator of an address that cannot be listened on. */
export function listenRefused({ host, port }: Address, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new StartRefused(
        [
          `Port ${port} on ${host} is in use. Stop what uses it, or choose another with --port or STELLAR_PORT.`,
        ],
        error,
      );
    case 'EACCES':
      return new StartRefused(
        [
          `Port ${port} may not be opened by this user. Choose one above 1023 with --port or STELLAR_PORT.`,
        ],
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartRefused(
        [
          `${host} is no address of this machine. Set --host or STELLAR_HOST to one, for example 127.0.0.1.`,
        ],
        error,
      );
    default:
      return error;
  }
}
