/**
 * Glossary.
 * snapshot: a subscription as Lemon Squeezy showed it at one moment; every event and every answer of its API is one.
 * paid invoice: what was paid for a period. The newest of them is the current period's.
 * state: what we hold of a subscription, the newest snapshot and the newest paid invoice.
 */

/** A subscription at one moment. Times are milliseconds since the Unix epoch. */
export interface Snapshot {
  readonly storeId: string;
  readonly variantId: string;
  /** One of Lemon Squeezy's words; one that we do not know buys nothing. */
  readonly status: string;
  readonly pauseMode: 'free' | 'void' | null;
  /** When what was paid for ends; known when it was cancelled. */
  readonly endsAtMs: number | null;
  readonly renewsAtMs: number | null;
  readonly testMode: boolean;
  /** Orders snapshots. */
  readonly updatedAtMs: number;
}

/** What was paid for a period, and whether all of it was given back. */
export interface PaidInvoice {
  readonly id: string;
  readonly createdAtMs: number;
  readonly refunded: boolean;
}

/** What is held of one subscription. */
export interface SubscriptionState {
  readonly snapshot: Snapshot;
  readonly invoice: PaidInvoice | null;
}
