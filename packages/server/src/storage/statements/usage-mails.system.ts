import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';
import type { UsageWarning } from './usage-warnings.js';

/** A warning that waits to be mailed. */
export interface UsageMail extends UsageWarning {
  readonly userId: UserId;
  readonly email: string;
}

/**
 * Takes over one warning that is due; other nodes pass over it. Unless it is settled it is due again: after two
 * minutes, then twice as long each time up to six hours. After a week it is no news any more.
 */
export async function claimUsageMail(
  tx: SystemTransaction,
  now: Date,
): Promise<UsageMail | undefined> {
  const at = now.toISOString();
  const rows = await tx.query(sql<UsageMail>`
    update usage_warnings w
    set mail_attempts = w.mail_attempts + 1,
      mail_due_at = ${at}::timestamptz
        + least(interval '6 hours', interval '2 minutes' * power(2, least(w.mail_attempts, 20)))
    from (
      select user_id, resource, percent, limit_value from usage_warnings
      where mail_due_at <= ${at}::timestamptz and warned_at > ${at}::timestamptz - interval '7 days'
      order by mail_due_at limit 1 for update skip locked
    ) due
    join users u on u.id = due.user_id
    where w.user_id = due.user_id and w.resource = due.resource and w.percent = due.percent
      and w.limit_value = due.limit_value
    returning w.user_id as "userId", u.email, w.resource, w.percent, w.limit_value as "limit"`);
  return rows[0];
}

/** Notes that a mail server has taken it. */
export async function settleUsageMail(tx: SystemTransaction, mail: UsageMail): Promise<void> {
  await tx.query(sql`
    update usage_warnings set mail_due_at = null
    where user_id = ${mail.userId} and resource = ${mail.resource} and percent = ${mail.percent}
      and limit_value = ${mail.limit}`);
}
