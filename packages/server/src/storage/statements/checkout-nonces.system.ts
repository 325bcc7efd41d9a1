import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** The account whose purchase the subscription is. A nonce serves one subscription; for another it is worth nothing. */
export async function claimNonce(
  tx: SystemTransaction,
  hash: string,
  subscriptionId: string,
): Promise<UserId | undefined> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    update checkout_nonces set subscription_id = ${subscriptionId}
    where nonce_hash = ${hash} and (subscription_id is null or subscription_id = ${subscriptionId})
    returning user_id as "userId"`);
  return rows[0]?.userId;
}

/** Forgets checkouts that nobody finished. Their addresses have long expired. */
export async function deleteStaleNonces(tx: SystemTransaction, before: Date): Promise<void> {
  await tx.query(sql`
    delete from checkout_nonces
    where subscription_id is null and created_at < ${before.toISOString()}::timestamptz`);
}
