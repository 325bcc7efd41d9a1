import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** Number of a tenant's last change. */
export interface TenantHead {
  readonly userId: UserId;
  readonly head: number;
}

/** Heads of these tenants; one who never changed anything has none. */
export const selectHeads = (
  tx: SystemTransaction,
  userIds: readonly UserId[],
): Promise<TenantHead[]> =>
  tx.query(sql<TenantHead>`
    select user_id as "userId", head from tenant_sync where user_id = any(${userIds}::uuid[])`);
