import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** What a tenant's rate limit has been charged. */
export interface RateDebt {
  readonly userId: UserId;
  readonly debtMs: number;
}

/**
 * Adds what this node has charged to what all nodes have, and answers the sums as they are now. The database's clock
 * alone is read, so that nodes need not agree on the time. Rows go in the order of ids: two nodes never deadlock.
 */
export const addRateDebts = (
  tx: SystemTransaction,
  debts: readonly { readonly userId: UserId; readonly spentMs: number }[],
): Promise<RateDebt[]> =>
  tx.query(sql<RateDebt>`
    with now (ms) as (select extract(epoch from clock_timestamp())::double precision * 1000)
    insert into rate_debts as r (user_id, paid_at_ms)
    select d.user_id, now.ms + d.spent_ms
      from now, unnest(${debts.map(({ userId }) => userId)}::uuid[],
                       ${debts.map(({ spentMs }) => spentMs)}::double precision[]) as d (user_id, spent_ms)
     order by d.user_id
    on conflict (user_id) do update
       set paid_at_ms = greatest(r.paid_at_ms, (select ms from now))
                        + (excluded.paid_at_ms - (select ms from now))
    returning user_id as "userId", paid_at_ms - (select ms from now) as "debtMs"`);

/** Removes debts that were paid back long ago. */
export async function deletePaidDebts(tx: SystemTransaction): Promise<void> {
  await tx.query(sql`
    delete from rate_debts
     where paid_at_ms < (extract(epoch from now())::double precision - 3600) * 1000`);
}
