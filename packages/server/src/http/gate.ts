import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Scope } from '@stellar-memory/protocol';
import type { Authenticator, Identity } from '../auth/identity.js';
import { StellarError } from '../domain/stellar-error.js';
import { presentedBearer, presentedKey } from './credentials.js';
import type { Access } from './route.js';

/** Lets a request in or throws; for a user's operation it says who asks. */
export type Gate = (headers: IncomingHttpHeaders) => Promise<Identity | undefined>;

/** The gate of a route, from its policy. */
export function createGate(
  access: Access,
  authenticator: Authenticator,
  operatorToken: string | undefined,
): Gate {
  if (access === 'open') return async () => undefined;
  if (access === 'operator') return createOperatorGate(operatorToken);
  if (access === 'signed') return signedGate;
  return createUserGate(access.scope, authenticator);
}

/** Asks for a signature before the body is read; whoever takes the body proves it. */
const signedGate: Gate = async (headers) => {
  if (typeof headers['x-signature'] !== 'string')
    throw new StellarError('unauthorized', { detail: 'The signature is missing.' });
  return undefined;
};

const createUserGate =
  (scope: Scope, authenticator: Authenticator): Gate =>
  async (headers) => {
    const identity = await authenticator.authenticate(presentedKey(headers));
    if (!identity.scopes.includes(scope))
      throw new StellarError('insufficient_scope', {
        detail: `This operation needs a key with the scope ${scope}.`,
      });
    return identity;
  };

/** Compares digests: equal in length, so that the time tells neither the token nor how long it is. */
function createOperatorGate(token: string | undefined): Gate {
  if (token === undefined || token === '')
    throw new Error('An operator route must not be mounted without a token.');
  const expected = sha256(token);
  return async (headers) => {
    if (!timingSafeEqual(sha256(presentedBearer(headers)), expected))
      throw new StellarError('unauthorized', { detail: 'The operator token is not valid.' });
    return undefined;
  };
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
