import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** The next tenant in the order of ids whose counters were not verified for so many hours. */
export async function nextToVerify(
  tx: SystemTransaction,
  after: UserId | undefined,
  olderThanHours: number,
): Promise<UserId | undefined> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    select user_id as "userId" from tenant_usage
    where user_id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
      and (verified_at is null or verified_at <= now() - make_interval(hours => ${olderThanHours}))
    order by user_id limit 1`);
  return rows[0]?.userId;
}
