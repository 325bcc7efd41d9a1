import type { Tier } from '@stellar-memory/protocol';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/**
 * Takes the tenant's lock: transactions of one tenant that take it run one after another until they end.
 * Statements after it see what the transaction before it has committed.
 */
export async function lockTenant(tx: TenantTransaction): Promise<void> {
  await tx.query(sql`select from tenant_usage where user_id = ${tx.userId} for update`);
}

/** The tenant's tier now. */
export async function findTier(tx: TenantTransaction): Promise<Tier | undefined> {
  const rows = await tx.query(sql<{ tier: Tier }>`select tier from users where id = ${tx.userId}`);
  return rows[0]?.tier;
}
