import type { ApiKeyId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A ticket to be made. */
export interface NewTicket {
  readonly hash: string;
  /** Of the key that asks for it, or `owner` with the session that does. */
  readonly apiKeyId: ApiKeyId | 'owner';
  readonly sessionId: string | undefined;
  readonly origin: string;
  readonly expiresAt: Date;
}

/** Adds a ticket; those of the tenant that have expired go. */
export async function insertTicket(tx: TenantTransaction, ticket: NewTicket): Promise<void> {
  const { hash, apiKeyId, sessionId = null, origin, expiresAt } = ticket;
  await Promise.all([
    tx.query(sql`delete from sync_tickets where user_id = ${tx.userId} and expires_at < now()`),
    tx.query(sql`
      insert into sync_tickets (user_id, ticket_hash, api_key_id, session_id, origin, expires_at)
      values (${tx.userId}, ${hash}, ${apiKeyId === 'owner' ? null : apiKeyId}::uuid, ${sessionId}::uuid,
              ${origin}, ${expiresAt.toISOString()}::timestamptz)`),
  ]);
}
