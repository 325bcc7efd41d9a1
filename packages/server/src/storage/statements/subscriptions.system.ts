import type { SoldTier } from '@stellar-memory/protocol';
import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';
import type { SubscriptionRow } from './subscriptions.js';

/** A subscription and whose it is. */
export interface OwnedSubscription extends SubscriptionRow {
  readonly userId: UserId;
}

/** Whoever changes a subscription takes this first; it ends with the transaction. Also held for one not there yet. */
export async function lockSubscription(tx: SystemTransaction, id: string): Promise<void> {
  await tx.query(sql`
    select pg_advisory_xact_lock(hashtextextended('subscription ' || ${id}::text, 0))`);
}

/** The subscription with Lemon Squeezy's id. */
export async function findSubscription(
  tx: SystemTransaction,
  id: string,
): Promise<OwnedSubscription | undefined> {
  const rows = await tx.query(sql<OwnedSubscription>`
    select user_id as "userId", id, store_id as "storeId", variant_id as "variantId", status,
      pause_mode as "pauseMode", ends_at as "endsAt", renews_at as "renewsAt", test_mode as "testMode",
      changed_at as "changedAt", invoice_id as "invoiceId", invoice_created_at as "invoiceCreatedAt",
      invoice_refunded as "invoiceRefunded", tier
    from subscriptions where id = ${id}`);
  return rows[0];
}

/** When a subscription was looked at, and when it will be worth something else by itself. */
export interface SubscriptionTimes {
  readonly dueAt: Date | null;
  readonly checkedAt: Date;
}

/** Adds or replaces a subscription of an account. */
export async function upsertSubscription(
  tx: SystemTransaction,
  row: OwnedSubscription,
  { dueAt, checkedAt }: SubscriptionTimes,
): Promise<void> {
  const { userId, id, invoiceRefunded } = row;
  await tx.query(sql`
    insert into subscriptions (user_id, id, store_id, variant_id, status, pause_mode, ends_at, renews_at,
      test_mode, changed_at, invoice_id, invoice_created_at, invoice_refunded, tier, due_at, checked_at)
    values (${userId}, ${id}, ${row.storeId}, ${row.variantId}, ${row.status}, ${row.pauseMode},
      ${iso(row.endsAt)}::timestamptz, ${iso(row.renewsAt)}::timestamptz, ${row.testMode},
      ${iso(row.changedAt)}::timestamptz, ${row.invoiceId}, ${iso(row.invoiceCreatedAt)}::timestamptz,
      ${invoiceRefunded}, ${row.tier}, ${iso(dueAt)}::timestamptz, ${iso(checkedAt)}::timestamptz)
    on conflict (user_id, id) do update set
      store_id = excluded.store_id, variant_id = excluded.variant_id, status = excluded.status,
      pause_mode = excluded.pause_mode, ends_at = excluded.ends_at, renews_at = excluded.renews_at,
      test_mode = excluded.test_mode, changed_at = excluded.changed_at, invoice_id = excluded.invoice_id,
      invoice_created_at = excluded.invoice_created_at, invoice_refunded = excluded.invoice_refunded,
      tier = excluded.tier, due_at = excluded.due_at, checked_at = excluded.checked_at`);
}

const iso = (moment: Date | null): string | null => moment?.toISOString() ?? null;

/**
 * What each subscription of an account is worth. Takes the account's lock first, so that of two subscriptions
 * that change at once the second sees the first.
 */
export async function lockAccountTiers(tx: SystemTransaction, userId: UserId): Promise<SoldTier[]> {
  await tx.query(sql`select from tenant_usage where user_id = ${userId} for update`);
  const rows = await tx.query(sql<{ tier: SoldTier }>`
    select tier from subscriptions where user_id = ${userId}`);
  return rows.map(({ tier }) => tier);
}

/** Subscriptions that time alone has changed. */
export async function dueSubscriptions(tx: SystemTransaction, now: Date): Promise<string[]> {
  const rows = await tx.query(sql<{ id: string }>`
    select id from subscriptions where due_at <= ${now.toISOString()}::timestamptz
    order by due_at limit 500`);
  return rows.map(({ id }) => id);
}

/**
 * Takes over some subscriptions that nobody has asked Lemon Squeezy about since `before`, oldest first: other
 * nodes pass over them. An expired one is asked about for a day longer; it never comes back.
 */
export async function claimUnchecked(
  tx: SystemTransaction,
  before: Date,
  now: Date,
  limit: number,
): Promise<string[]> {
  const rows = await tx.query(sql<{ id: string }>`
    update subscriptions s set checked_at = ${now.toISOString()}::timestamptz
    from (
      select user_id, id from subscriptions
      where checked_at <= ${before.toISOString()}::timestamptz
        and (status <> 'expired' or checked_at < changed_at + interval '1 day')
      order by checked_at limit ${limit} for update skip locked
    ) claimed
    where s.user_id = claimed.user_id and s.id = claimed.id
    returning s.id`);
  return rows.map(({ id }) => id);
}
