import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A session as its owner may see it. */
export interface SessionRow {
  readonly id: string;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The tenant's sessions that have not ended, the newest first. */
export const listSessions = (tx: TenantTransaction, now: Date): Promise<SessionRow[]> =>
  tx.query(sql<SessionRow>`
    select id, user_agent as "userAgent", created_at as "createdAt", expires_at as "expiresAt"
    from sessions
    where user_id = ${tx.userId} and expires_at > ${now.toISOString()}::timestamptz
    order by created_at desc, id`);

/** Ends a session of the tenant. False when there is no such session. */
export async function deleteSession(tx: TenantTransaction, id: string): Promise<boolean> {
  const rows = await tx.query(sql<{ id: string }>`
    delete from sessions where user_id = ${tx.userId} and id = ${id}::uuid returning id`);
  return rows.length === 1;
}
