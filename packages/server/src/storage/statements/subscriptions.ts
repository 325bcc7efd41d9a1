import type { SoldTier } from '@stellar-memory/protocol';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A subscription as it is stored. */
export interface SubscriptionRow {
  /** Lemon Squeezy's. */
  readonly id: string;
  readonly storeId: string;
  readonly variantId: string;
  readonly status: string;
  readonly pauseMode: 'free' | 'void' | null;
  readonly endsAt: Date | null;
  readonly renewsAt: Date | null;
  readonly testMode: boolean;
  /** Lemon Squeezy's `updated_at`. */
  readonly changedAt: Date;
  /** Of the newest period that was paid for; the three are null together. */
  readonly invoiceId: string | null;
  readonly invoiceCreatedAt: Date | null;
  readonly invoiceRefunded: boolean | null;
  /** What it was worth when last decided. */
  readonly tier: SoldTier;
}

/** The tenant's subscriptions, the newest first. */
export const listSubscriptions = (tx: TenantTransaction): Promise<SubscriptionRow[]> =>
  tx.query(sql<SubscriptionRow>`
    select id, store_id as "storeId", variant_id as "variantId", status, pause_mode as "pauseMode",
      ends_at as "endsAt", renews_at as "renewsAt", test_mode as "testMode", changed_at as "changedAt",
      invoice_id as "invoiceId", invoice_created_at as "invoiceCreatedAt",
      invoice_refunded as "invoiceRefunded", tier
    from subscriptions where user_id = ${tx.userId}
    order by created_at desc, id desc`);

/** Whether nothing that the tenant bought is worth anything, and that only for want of a payment. */
export async function hasLapsed(tx: TenantTransaction): Promise<boolean> {
  const rows = await tx.query(sql<{ lapsed: boolean }>`
    select coalesce(bool_or(status = 'unpaid') and bool_and(tier = 'free'), false) as lapsed
    from subscriptions where user_id = ${tx.userId}`);
  return rows[0]?.lapsed ?? false;
}
