import type { AccountStatus, Tier } from '@stellar-memory/protocol';
import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A session to be made. */
export interface NewSession {
  readonly userId: UserId;
  readonly id: string;
  readonly tokenHash: string;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Adds a session of an account that the same transaction has found or made. */
export async function insertSession(tx: SystemTransaction, session: NewSession): Promise<void> {
  const { userId, id, tokenHash, userAgent, createdAt, expiresAt } = session;
  await tx.query(sql`
    insert into sessions (user_id, id, token_hash, user_agent, created_at, expires_at)
    values (${userId}, ${id}::uuid, ${tokenHash}, ${userAgent}, ${createdAt.toISOString()}::timestamptz,
      ${expiresAt.toISOString()}::timestamptz)`);
  await tx.query(sql`
    delete from sessions where user_id = ${userId} and expires_at <= ${createdAt.toISOString()}::timestamptz`);
}

/** A session and its account, as authentication needs them. */
export interface StoredSession {
  readonly userId: UserId;
  readonly sessionId: string;
  readonly expiresAt: Date;
  readonly tier: Tier;
  /** Of the account. */
  readonly status: AccountStatus;
}

/** The session with this token's hash and its account: one statement. */
export async function findSession(
  tx: SystemTransaction,
  tokenHash: string,
): Promise<StoredSession | undefined> {
  const rows = await tx.query(sql<StoredSession>`
    select s.user_id as "userId", s.id as "sessionId", s.expires_at as "expiresAt", u.tier, u.status
    from sessions s join users u on u.id = s.user_id
    where s.token_hash = ${tokenHash}`);
  return rows[0];
}
