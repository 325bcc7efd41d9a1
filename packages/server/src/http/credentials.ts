import type { IncomingHttpHeaders } from 'node:http';
import { StellarError } from '../domain/stellar-error.js';

/** Longer than any key there has ever been; what is longer is not looked up. */
const maxCharacters = 200;

/**
 * The key that a request presents: `X-API-Key: K`, `Authorization: Bearer K` or `Authorization: Token K`.
 * Two headers must agree: otherwise a proxy and this server could each believe a different one.
 * Errors: `unauthorized`.
 */
export function presentedKey(headers: IncomingHttpHeaders): string {
  const header = headers['x-api-key'];
  const bearer = schemeCredential(headers.authorization);
  if (header !== undefined && bearer !== undefined && header !== bearer)
    throw unauthorized('Two different credentials were sent.');
  const key = header ?? bearer;
  if (typeof key !== 'string' || key === '') throw unauthorized('No API key was sent.');
  if (key.length > maxCharacters) throw unauthorized('The API key is not valid.');
  return key;
}

/** The token of `Authorization: Bearer T`, as the operator presents it. Errors: `unauthorized`. */
export function presentedBearer(headers: IncomingHttpHeaders): string {
  const [, token] = /^bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) throw unauthorized('No operator token was sent.');
  if (headers['x-api-key'] !== undefined)
    throw unauthorized('Two different credentials were sent.');
  return token;
}

function schemeCredential(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const [, credential] = /^(?:bearer|token) +(\S+)$/i.exec(authorization) ?? [];
  if (credential === undefined)
    throw unauthorized('Authorization must be Bearer or Token and one key.');
  return credential;
}

const unauthorized = (detail: string): StellarError => new StellarError('unauthorized', { detail });
