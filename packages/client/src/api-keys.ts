import type { ApiKeysClient } from './client.js';
import { segment } from './segment.js';
import type { Transport } from './transport.js';
import type { ApiKey, CreatedApiKey } from './wire.js';

const path = '/auth/api-keys';

/**
 * The operations on the account's keys. They carry no Idempotency-Key: to repeat the answer to `create`,
 * the server would have to keep the new key readable.
 */
export const createApiKeys = (send: Transport): ApiKeysClient => ({
  async list(options) {
    return (await send<{ items: ApiKey[] }>({ method: 'GET', path }, options)).value.items;
  },
  async create(body = {}, options) {
    return (await send<CreatedApiKey>({ method: 'POST', path, body }, options)).value;
  },
  async rotate(id, body = {}, options) {
    const target = `${path}/${segment(id)}/rotate`;
    return (await send<CreatedApiKey>({ method: 'POST', path: target, body }, options)).value;
  },
  async revoke(id, options) {
    await send({ method: 'DELETE', path: `${path}/${segment(id)}` }, options);
  },
});
