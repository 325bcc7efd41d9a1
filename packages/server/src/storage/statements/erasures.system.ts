import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A table with rows of tenants, and who may erase them. */
export interface TenantTable {
  readonly name: string;
  readonly byApp: boolean;
  readonly bySystem: boolean;
  /** Tables whose rows refer to it: they go first. */
  readonly referredBy: readonly string[];
}

/** Every table with a `user_id`, as the catalogue has them: one that is added later is among them by itself. */
export const selectTenantTables = (tx: SystemTransaction): Promise<TenantTable[]> =>
  tx.query(sql<TenantTable>`
    select c.oid::regclass::text as name,
           has_table_privilege('stellar_app', c.oid, 'select') and has_table_privilege('stellar_app', c.oid, 'delete')
             as "byApp",
           has_table_privilege('stellar_system', c.oid, 'select') and has_table_privilege('stellar_system', c.oid, 'delete')
             as "bySystem",
           array(select distinct k.conrelid::regclass::text from pg_constraint k
                  where k.contype = 'f' and k.confrelid = c.oid and k.conrelid <> c.oid) as "referredBy"
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'erasures'
     order by 1`);

/** When an erasure was asked for, and when it is to be. */
export interface ErasureTimes {
  readonly requestedAt: Date;
  readonly dueAt: Date;
}

/**
 * Closes an account and notes when it is to go; its sessions end. False when it is closed already, has another mailbox
 * than the one that is named, or is the local one.
 */
export async function closeAccount(
  tx: SystemTransaction,
  userId: UserId,
  { requestedAt, dueAt }: ErasureTimes,
  email?: string,
): Promise<boolean> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    with closed as (
      update users set status = 'closed', updated_at = now()
       where id = ${userId} and status <> 'closed' and tier <> 'local'
         ${email === undefined ? sql`` : sql`and lower(email) = ${email}`}
      returning id
    ), ended as (
      delete from sessions s using closed where s.user_id = closed.id
    )
    insert into erasures (user_id, requested_at, due_at)
    select id, ${requestedAt.toISOString()}::timestamptz, ${dueAt.toISOString()}::timestamptz from closed
    returning user_id as "userId"`);
  return rows.length === 1;
}

/** Gives an account back that was to be erased and has lost nothing yet; one that an operator suspended stays so. */
export async function reopenAccount(
  tx: SystemTransaction,
  userId: UserId,
  now: Date,
): Promise<boolean> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    with undone as (
      delete from erasures
       where user_id = ${userId} and due_at > ${now.toISOString()}::timestamptz and counts = '{}'
      returning user_id
    )
    update users set updated_at = now(), status = coalesce((
             select change ->> 'after' from operator_actions
              where user_id = ${userId} and action = 'user.status' order by at desc, id limit 1), 'active')
      from undone where users.id = undone.user_id
    returning users.id as "userId"`);
  return rows.length === 1;
}

/** Accounts that are to be erased and may still have something that renews. */
export async function unpaidErasures(tx: SystemTransaction): Promise<UserId[]> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    select user_id as "userId" from erasures where not is_paid_off order by requested_at limit 100`);
  return rows.map(({ userId }) => userId);
}

/** Notes that nothing of an account renews any more. */
export async function notePaidOff(tx: SystemTransaction, userId: UserId): Promise<void> {
  await tx.query(sql`update erasures set is_paid_off = true where user_id = ${userId}`);
}

/** The next account whose time has come, claimed for five minutes: other nodes pass over it. */
export async function claimErasure(tx: SystemTransaction, now: Date): Promise<UserId | undefined> {
  const moment = now.toISOString();
  const rows = await tx.query(sql<{ userId: UserId }>`
    update erasures set claimed_until = ${moment}::timestamptz + interval '5 minutes'
     where user_id = (
       select user_id from erasures
        where due_at <= ${moment}::timestamptz and is_paid_off
          and (claimed_until is null or claimed_until <= ${moment}::timestamptz)
        order by due_at limit 1 for update skip locked)
    returning user_id as "userId"`);
  return rows[0]?.userId;
}

/** What is left of an account. */
export interface ErasureReceipt {
  readonly id: string;
  readonly accountId: UserId;
  readonly requestedAt: Date;
  readonly erasedAt: Date;
  /** Rows that were erased, by table. */
  readonly counts: Record<string, number>;
}

/** The mailbox of an account. */
export async function emailOf(tx: SystemTransaction, userId: UserId): Promise<string | undefined> {
  const rows = await tx.query(sql<{ email: string }>`select email from users where id = ${userId}`);
  return rows[0]?.email;
}

/** Erases an account's rows of a table that only the system may erase from. Answers how many. */
export async function eraseRowsOf(
  tx: SystemTransaction,
  userId: UserId,
  table: string,
): Promise<number> {
  const [row] = await tx.query(sql<{ gone: number }>`
    select erase_rows(${userId}, ${table}::regclass, 2147483647) as gone`);
  return row!.gone;
}

/**
 * Erases what names an account without its id: codes for its mailbox, and events of its purchases. An event that waits
 * may be of a subscription that nobody knows yet, bought with another mailbox: its nonce says whose it is. Comes before
 * purchases and nonces go.
 */
export async function eraseMentions(
  tx: SystemTransaction,
  userId: UserId,
): Promise<Record<string, number>> {
  const [row] = await tx.query(sql<{ codes: number; events: number }>`
    with codes as (
      delete from sign_in_requests r using users u
       where u.id = ${userId} and r.email = lower(u.email) returning 1
    ), events as (
      delete from webhook_events e using users u
       where u.id = ${userId}
         and (strpos(lower(e.body), lower(u.email)) > 0
              or exists (select from checkout_nonces n
                          where n.user_id = u.id
                            and n.nonce_hash = encode(sha256(convert_to(
                                  substring(e.body from '"nonce" *: *"([0-9a-f]{32})"'), 'UTF8')), 'hex'))
              or exists (select from subscriptions s
                          where s.user_id = u.id and strpos(e.body, '"' || s.id || '"') > 0))
      returning 1
    )
    select (select count(*) from codes) as codes, (select count(*) from events) as events`);
  return { sign_in_requests: row!.codes, webhook_events: row!.events };
}

/** Erases the account itself and writes the receipt. Errors: a database error when something refers to it still. */
export async function eraseUser(
  tx: SystemTransaction,
  userId: UserId,
  counts: Readonly<Record<string, number>>,
): Promise<ErasureReceipt> {
  const [receipt] = await tx.query(sql<ErasureReceipt>`
    insert into erasure_receipts (account_id, requested_at, counts)
    select user_id, requested_at, counts || ${JSON.stringify({ ...counts, users: 1 })}::jsonb
      from erasures where user_id = ${userId}
    returning id, account_id as "accountId", requested_at as "requestedAt", erased_at as "erasedAt", counts`);
  if (receipt === undefined) throw new Error('the account was erased by another node');
  await tx.query(sql`delete from erasures where user_id = ${userId}`);
  await tx.query(sql`delete from users where id = ${userId}`);
  return receipt;
}

/** The last receipts, newest first. */
export const selectReceipts = (tx: SystemTransaction, limit: number): Promise<ErasureReceipt[]> =>
  tx.query(sql<ErasureReceipt>`
    select id, account_id as "accountId", requested_at as "requestedAt", erased_at as "erasedAt", counts
      from erasure_receipts order by erased_at desc, id limit ${limit}`);

/** An erasure that is waited for. */
export interface PendingErasure {
  readonly accountId: UserId;
  readonly requestedAt: Date;
  readonly dueAt: Date;
}

/** Erasures that were asked for, the next first. */
export const selectPending = (tx: SystemTransaction, limit: number): Promise<PendingErasure[]> =>
  tx.query(sql<PendingErasure>`
    select user_id as "accountId", requested_at as "requestedAt", due_at as "dueAt"
      from erasures order by due_at, user_id limit ${limit}`);
