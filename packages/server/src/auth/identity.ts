import type { Scope, Tier } from '@stellar-memory/protocol';
import type { ApiKeyId, UserId } from '../domain/ids.js';

/** Who a request acts for: proved by a key, never taken from a request's fields. */
export interface Identity {
  readonly userId: UserId;
  readonly apiKeyId: ApiKeyId;
  readonly scopes: readonly Scope[];
  readonly tier: Tier;
  /** The one agent that the key may act as; `null` for a key that may act as any. */
  readonly agentId: string | null;
}

/** Turns a presented key into an identity. Fails closed: any doubt is an error. */
export interface Authenticator {
  /**
   * Errors: `unauthorized` for a malformed, unknown, revoked or expired key; `account_suspended`;
   * `unavailable` when the database cannot be asked.
   */
  authenticate(presentedKey: string): Promise<Identity>;
  /** Writes outstanding last-used times; part of draining. */
  flush(): Promise<void>;
}
