import type { Scope, Tier } from '@stellar-memory/protocol';
import type { ApiKeyId, UserId } from '../domain/ids.js';

/** Who a request acts for: proved by a key or a session, never taken from a request's fields. */
export interface Identity {
  readonly userId: UserId;
  /** `owner` when it was not a key but a session: the owner in person. */
  readonly apiKeyId: ApiKeyId | 'owner';
  /** Of a browser that is signed in. */
  readonly sessionId?: string;
  readonly scopes: readonly Scope[];
  readonly tier: Tier;
  /** The one agent that the key may act as; `null` for a key that may act as any. */
  readonly agentId: string | null;
}

/** Who a key acts for. */
export interface KeyIdentity extends Identity {
  readonly apiKeyId: ApiKeyId;
}

/** Turns a presented key into an identity. Fails closed: any doubt is an error. */
export interface Authenticator {
  /**
   * Errors: `unauthorized` for a malformed, unknown, revoked or expired key; `account_suspended`;
   * `unavailable` when the database cannot be asked.
   */
  authenticate(presentedKey: string): Promise<KeyIdentity>;
  /** Writes outstanding last-used times; part of draining. */
  flush(): Promise<void>;
}

/** Turns a browser's session into an identity. */
export interface SessionAuthenticator {
  /** Errors: `unauthorized` for a malformed, unknown or ended session; `account_suspended`; `unavailable`. */
  authenticateSession(token: string): Promise<Identity>;
}
