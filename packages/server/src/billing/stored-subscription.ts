import type { SoldTier } from '@stellar-memory/protocol';
import type { SubscriptionRow } from '../storage/statements/subscriptions.js';
import type { SubscriptionState } from './subscription-state.js';

/** What a row says. */
export const stateOf = (row: SubscriptionRow): SubscriptionState => ({
  snapshot: {
    storeId: row.storeId,
    variantId: row.variantId,
    status: row.status,
    pauseMode: row.pauseMode,
    endsAtMs: row.endsAt?.getTime() ?? null,
    renewsAtMs: row.renewsAt?.getTime() ?? null,
    testMode: row.testMode,
    updatedAtMs: row.changedAt.getTime(),
  },
  invoice:
    row.invoiceId === null
      ? null
      : {
          id: row.invoiceId,
          createdAtMs: row.invoiceCreatedAt?.getTime() ?? 0,
          refunded: row.invoiceRefunded === true,
        },
});

/** The row that says it. */
export const rowOf = (
  id: string,
  { snapshot, invoice }: SubscriptionState,
  tier: SoldTier,
): SubscriptionRow => ({
  id,
  storeId: snapshot.storeId,
  variantId: snapshot.variantId,
  status: snapshot.status,
  pauseMode: snapshot.pauseMode,
  endsAt: dateOf(snapshot.endsAtMs),
  renewsAt: dateOf(snapshot.renewsAtMs),
  testMode: snapshot.testMode,
  changedAt: new Date(snapshot.updatedAtMs),
  invoiceId: invoice?.id ?? null,
  invoiceCreatedAt: invoice === null ? null : new Date(invoice.createdAtMs),
  invoiceRefunded: invoice?.refunded ?? null,
  tier,
});

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
