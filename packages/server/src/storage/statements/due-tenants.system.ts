import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A tenant with memories that are due. */
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
