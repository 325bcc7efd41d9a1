import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** Remembers that a purchase with this nonce is the tenant's. */
export async function insertNonce(tx: TenantTransaction, hash: string): Promise<void> {
  await tx.query(sql`
    insert into checkout_nonces (user_id, nonce_hash) values (${tx.userId}, ${hash})`);
}
