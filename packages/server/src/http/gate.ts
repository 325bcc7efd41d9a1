import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Scope } from '@stellar-memory/protocol';
import type { Authenticator, Identity, SessionAuthenticator } from '../auth/identity.js';
import { StellarError } from '../domain/stellar-error.js';
import { presentedBearer, presentedKey } from './credentials.js';
import type { Access } from './route.js';
import { isOwnOrigin, presentedSession } from './session-cookie.js';

/** Lets a request in or throws; for a user's operation it says who asks. */
export type Gate = (headers: IncomingHttpHeaders) => Promise<Identity | undefined>;

/** What else a browser's session needs. */
export interface BrowserRules {
  readonly sessions: SessionAuthenticator;
  readonly publicUrl: string | undefined;
  /** Whether the operation only reads: a write must come from a page of ours. */
  readonly readsOnly: boolean;
}

/** The gate of a route, from its policy. */
export function createGate(
  access: Access,
  authenticator: Authenticator,
  operatorToken: string | undefined,
  browser?: BrowserRules,
): Gate {
  if (access === 'open') return async () => undefined;
  if (access === 'operator') return createOperatorGate(operatorToken);
  if (access === 'signed') return signedGate;
  if (access === 'visitor') return visitorGate(browser?.publicUrl);
  return createUserGate(access.scope, authenticator, browser);
}

/** Asks for a signature before the body is read; whoever takes the body proves it. */
const signedGate: Gate = async (headers) => {
  if (typeof headers['x-signature'] !== 'string')
    throw new StellarError('unauthorized', { detail: 'The signature is missing.' });
  return undefined;
};

/** A page of another site must not sign anybody in. Who is no browser sends no Origin. */
const visitorGate =
  (publicUrl: string | undefined): Gate =>
  async (headers) => {
    if (headers.origin !== undefined && !isOwnOrigin(headers, publicUrl)) throw foreignOrigin();
    return undefined;
  };

/** Who is signed in; nothing where a key is sent, which goes first, or no session is. */
async function browserIdentity(
  headers: IncomingHttpHeaders,
  browser: BrowserRules | undefined,
): Promise<Identity | undefined> {
  const sendsKey = headers['x-api-key'] !== undefined || headers.authorization !== undefined;
  const token = sendsKey || browser === undefined ? undefined : presentedSession(headers);
  if (token === undefined || browser === undefined) return undefined;
  const identity = await browser.sessions.authenticateSession(token);
  if (!browser.readsOnly && !isOwnOrigin(headers, browser.publicUrl)) throw foreignOrigin();
  return identity;
}

const foreignOrigin = (): StellarError =>
  new StellarError('unauthorized', {
    detail: 'The request does not come from a page of this server.',
  });

const createUserGate =
  (scope: Scope, authenticator: Authenticator, browser: BrowserRules | undefined): Gate =>
  async (headers) => {
    const identity =
      (await browserIdentity(headers, browser)) ??
      (await authenticator.authenticate(presentedKey(headers)));
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
