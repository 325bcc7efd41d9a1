import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/**
 * Tenants, by id behind one, with something that was forgotten until a moment, or, of those with limits, with more
 * forgotten memories than are kept. Nothing of what was forgotten is read. Not by `exists`, for which the planner reads what all tenants have forgotten.
 */
export async function selectTenantsToErase(
  tx: SystemTransaction,
  selection: {
    readonly after: UserId | undefined;
    readonly until: number;
    readonly most: number;
    readonly limit: number;
  },
): Promise<UserId[]> {
  const { after, until, most, limit } = selection;
  const rows = await tx.query(sql<{ userId: UserId }>`
    select u.user_id as "userId" from tenant_usage u
     where u.user_id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
       and ((select f.forgotten_at from forgotten_memories f
              where f.user_id = u.user_id order by f.forgotten_at limit 1) <= ${until}
            or u.memory_limit is not null
               and (select f.forgotten_at from forgotten_memories f
                     where f.user_id = u.user_id order by f.forgotten_at desc
                    offset ${most} limit 1) is not null)
     order by u.user_id limit ${limit}`);
  return rows.map(({ userId }) => userId);
}
