import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A remembered answer to a request with an Idempotency-Key. */
export interface RememberedAnswer {
  readonly fingerprint: string;
  readonly response: unknown;
}

/** Hours an answer is remembered. */
const keptHours = 24;

/**
 * Claims the key for this transaction. `false` when another request with the same key is in flight.
 * An advisory lock, because a row inserted by an open transaction would be waited for, not seen.
 */
export async function claimIdempotencyKey(
  tx: TenantTransaction,
  scope: string,
  key: string,
): Promise<boolean> {
  const name = `${tx.userId} ${scope} ${key}`;
  const [row] = await tx.query<{ claimed: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as claimed`,
  );
  return row?.claimed === true;
}

/** The answer given before, unless it is older than 24 hours. */
export async function selectAnswer(
  tx: TenantTransaction,
  scope: string,
  key: string,
): Promise<RememberedAnswer | undefined> {
  const [row] = await tx.query<{ fingerprint: string; response: unknown }>(sql`
    select fingerprint, response from idempotency
     where user_id = ${tx.userId} and scope = ${scope} and key = ${key}
       and created_at > now() - make_interval(hours => ${keptHours})`);
  return row;
}

/** Remembers the answer in the transaction that acts; replaces one that has expired. */
export async function upsertAnswer(
  tx: TenantTransaction,
  scope: string,
  key: string,
  answer: RememberedAnswer,
): Promise<void> {
  await tx.query(sql`
    insert into idempotency (user_id, scope, key, fingerprint, response)
    values (${tx.userId}, ${scope}, ${key}, ${answer.fingerprint}, ${JSON.stringify(answer.response)}::jsonb)
    on conflict (user_id, scope, key)
    do update set fingerprint = excluded.fingerprint, response = excluded.response, created_at = now()`);
}

/** Forgets the tenant's expired answers, a bounded number at a time. */
export async function deleteExpiredAnswers(tx: TenantTransaction): Promise<void> {
  await tx.query(sql`
    delete from idempotency
     where user_id = ${tx.userId}
       and (user_id, scope, key) in (
         select user_id, scope, key from idempotency
          where user_id = ${tx.userId} and created_at < now() - make_interval(hours => ${keptHours})
          limit 100)`);
}
