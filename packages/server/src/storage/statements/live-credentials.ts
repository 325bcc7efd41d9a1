import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** Those of the tenant's keys and sessions that hold at this moment: neither revoked nor expired, of an active account. */
export async function selectLiveCredentials(
  tx: TenantTransaction,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await tx.query(sql<{ id: string }>`
    select k.id from api_keys k join users u on u.id = k.user_id
     where k.user_id = ${tx.userId} and k.id = any(${ids}::uuid[]) and u.status = 'active'
       and k.is_active and (k.expires_at is null or k.expires_at > now())
     union all
    select s.id from sessions s join users u on u.id = s.user_id
     where s.user_id = ${tx.userId} and s.id = any(${ids}::uuid[]) and u.status = 'active'
       and s.expires_at > now()`);
  return rows.map(({ id }) => id);
}
