import type { AccountStatus, Scope, Tier } from '@stellar-memory/protocol';
import type { ApiKeyId, UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A ticket that was redeemed, with whoever asked for it as he is now. */
export interface RedeemedTicket {
  readonly origin: string;
  readonly expiresAt: Date;
  readonly tier: Tier;
  readonly status: AccountStatus;
  /** Absent with a session, and when the key was revoked or has expired meanwhile. */
  readonly apiKeyId: ApiKeyId | null;
  readonly scopes: readonly Scope[] | null;
  readonly agentId: string | null;
  /** Absent with a key, and when the session has ended meanwhile. */
  readonly sessionId: string | null;
}

/** Takes the ticket away, whatever becomes of it: it is good once. One statement. */
export async function redeemTicket(
  tx: SystemTransaction,
  userId: UserId,
  hash: string,
): Promise<RedeemedTicket | undefined> {
  const [row] = await tx.query(sql<RedeemedTicket>`
    with used as (
      delete from sync_tickets t where t.user_id = ${userId} and t.ticket_hash = ${hash}
      returning t.api_key_id, t.session_id, t.origin, t.expires_at)
    select used.origin, used.expires_at as "expiresAt", u.tier, u.status,
           k.id as "apiKeyId", k.scopes, k.agent_id as "agentId", s.id as "sessionId"
      from used
      join users u on u.id = ${userId}
      left join api_keys k on k.user_id = ${userId} and k.id = used.api_key_id
            and k.is_active and (k.expires_at is null or k.expires_at > now())
      left join sessions s on s.user_id = ${userId} and s.id = used.session_id and s.expires_at > now()`);
  return row;
}
