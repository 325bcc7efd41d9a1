import { scopes } from '@stellar-memory/protocol';
import type { Clock } from '../domain/clock.js';
import { StellarError } from '../domain/stellar-error.js';
import { findSession } from '../storage/statements/sessions.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { SessionAuthenticator } from './identity.js';
import { refuseClosed } from './refuse-closed.js';
import { hashToken } from './sign-in.system.js';

/** What it needs. */
export interface SessionAuthenticatorOptions {
  readonly system: SystemDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
  readonly clock: Clock;
}

/** Milliseconds a look-up may take: a request must not hang on a database that does not answer. */
const lookUpTimeoutMs = 3_000;

/** Asks the database each time: browsers ask seldom, and a session that was ended is ended everywhere at once. */
export const createSessionAuthenticator = ({
  system,
  secret,
  clock,
}: SessionAuthenticatorOptions): SessionAuthenticator => ({
  async authenticateSession(token) {
    if (!/^[\w-]{43}$/.test(token)) throw new StellarError('unauthorized');
    const session = await system.asSystem((tx) => findSession(tx, hashToken(secret, token)), {
      readOnly: true,
      timeoutMs: lookUpTimeoutMs,
    });
    if (session === undefined || session.expiresAt.getTime() <= clock.nowMs())
      throw new StellarError('unauthorized', { detail: 'The session has ended: sign in again.' });
    refuseClosed(session.status);
    const { userId, sessionId, tier } = session;
    return { userId, apiKeyId: 'owner', sessionId, scopes, tier, agentId: null };
  },
});
