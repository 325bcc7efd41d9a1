import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { limits } from '@stellar-memory/protocol';
import { StellarError } from '../domain/stellar-error.js';
import type { Idempotency } from '../memory/memory-service.js';
import type { Route } from './route.js';

const printable = new RegExp(`^[\\x20-\\x7e]{1,${limits.idempotencyKeyCharacters}}$`);

/**
 * What makes a repeated write act once, if the client asked for it.
 *
 * The fingerprint covers the path with its id, not the body alone: the same key on another memory is another
 * request, to be refused, never answered with the first one's result.
 * Errors: `bad_request` for a key that is malformed, or on a write that cannot honour it.
 */
export function idempotencyOf(
  route: Route,
  headers: IncomingHttpHeaders,
  path: string,
  body: Buffer | undefined,
): Idempotency | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || route.method === 'GET') return undefined;
  if (route.idempotent !== true)
    throw new StellarError('bad_request', { detail: 'Idempotency-Key is not supported here.' });
  if (typeof key !== 'string' || !printable.test(key))
    throw new StellarError('bad_request', {
      detail: `Idempotency-Key must be 1 to ${limits.idempotencyKeyCharacters} printable ASCII characters.`,
    });
  const hash = createHash('sha256').update(path).update('\n');
  if (body !== undefined) hash.update(body);
  return { key, scope: `${route.method} ${route.path}`, fingerprint: hash.digest('hex') };
}
