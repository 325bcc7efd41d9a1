import type { AuditEntry } from '../../domain/audit.js';
import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';
import { type ChainFinding, chainOf } from './audit-log.js';

/** Appends to an account's audit log, as `appendAudit` does, for work across tenants. */
export async function appendAuditOf(
  tx: SystemTransaction,
  userId: UserId,
  { action, actor, detail }: AuditEntry,
): Promise<void> {
  await tx.query(sql`
    select append_audit(${userId}, ${action}, ${actor}, ${JSON.stringify(detail)}::jsonb)`);
}

/** Looks whether an account's chain is whole. */
export async function verifyChain(tx: SystemTransaction, userId: UserId): Promise<ChainFinding> {
  const [row] = await tx.query(chainOf(userId));
  return row!;
}

/** The next account in the order of ids. */
export async function nextAudited(
  tx: SystemTransaction,
  after: UserId | undefined,
): Promise<UserId | undefined> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    select id as "userId" from users
     where id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
     order by id limit 1`);
  return rows[0]?.userId;
}
