import { createAccount } from './account.js';
import { createApiKeys } from './api-keys.js';
import { createBilling } from './billing.js';
import type { StellarMemoryClient } from './client.js';
import { createMemories } from './memories.js';
import { type ClientOptions, settingsOf } from './settings.js';
import { createTransport } from './transport.js';
import type { UsageResponse } from './wire.js';

/**
 * A client of one server for one account. Holds no connection: nothing to close.
 * In Node, for a server on this machine, it finds the local key by itself.
 * Errors: `TypeError` for options that cannot be meant.
 *
 * @example
 * ```ts
 * import { createClient } from '@stellar-memory/client';
 *
 * const stellar = createClient();
 * await stellar.store({ content: 'Mina is allergic to peanuts.' });
 * const [best] = await stellar.recall('Which food must Mina avoid? Peanuts?');
 * console.log(best?.content); // Mina is allergic to peanuts.
 * ```
 */
export function createClient(options: ClientOptions = {}): StellarMemoryClient {
  const settings = settingsOf(options);
  const send = createTransport(settings);
  return {
    ...createMemories(send),
    usage: async (options) =>
      (await send<UsageResponse>({ method: 'GET', path: '/auth/usage' }, options)).value,
    apiKeys: createApiKeys(send),
    account: createAccount(send),
    billing: createBilling(send),
    // Whoever never follows never loads what it takes.
    sync: async (options = {}) => (await import('./sync/open-sync.js')).openSync(settings, options),
  };
}
