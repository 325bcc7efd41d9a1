import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A tenant with something that is due. */
export interface DueTenant {
  readonly userId: UserId;
  /** Since when, epoch seconds. */
  readonly since: number;
}

/** Tenants with something due before `now`, longest due first, behind one that was answered before. */
export async function selectDueTenants(
  tx: SystemTransaction,
  { now, after, limit }: { now: number; after: DueTenant | undefined; limit: number },
): Promise<DueTenant[]> {
  return tx.query(sql<DueTenant>`
    select user_id as "userId", next_due as since from tenant_usage
     where next_due < least(${now}, 1e12)
       and (next_due, user_id) > (${after?.since ?? -1}, ${after?.userId ?? '00000000-0000-0000-0000-000000000000'}::uuid)
     order by next_due, user_id limit ${limit}`);
}

/** The same of tenants whose index is to be purged of what was erased. */
export async function selectPurgingTenants(
  tx: SystemTransaction,
  { now, after, limit }: { now: number; after: DueTenant | undefined; limit: number },
): Promise<DueTenant[]> {
  return tx.query(sql<DueTenant>`
    select user_id as "userId", purges_at as since from tenant_usage
     where purges_at <= ${now}
       and (purges_at, user_id) > (${after?.since ?? -1}, ${after?.userId ?? '00000000-0000-0000-0000-000000000000'}::uuid)
     order by purges_at, user_id limit ${limit}`);
}

/** The same of tenants who have memories forgotten by themselves, and whose are to be looked at. */
export async function selectForgettingTenants(
  tx: SystemTransaction,
  { now, after, limit }: { now: number; after: DueTenant | undefined; limit: number },
): Promise<DueTenant[]> {
  return tx.query(sql<DueTenant>`
    select user_id as "userId", forgets_at as since from tenant_usage
     where forgets_at <= ${now}
       and (forgets_at, user_id) > (${after?.since ?? -1}, ${after?.userId ?? '00000000-0000-0000-0000-000000000000'}::uuid)
     order by forgets_at, user_id limit ${limit}`);
}
