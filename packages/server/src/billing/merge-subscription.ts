import type { PaidInvoice, Snapshot, SubscriptionState } from './subscription-state.js';

/**
 * Takes an event's snapshot only when it is newer: events come late, twice, in any order, or not at all.
 * Which of two with one `updated_at` was the last, only Lemon Squeezy knows: `withCurrent` asks it.
 */
export const withEvent = (
  state: SubscriptionState | undefined,
  snapshot: Snapshot,
): SubscriptionState => {
  if (state === undefined) return { snapshot, invoice: null };
  return snapshot.updatedAtMs > state.snapshot.updatedAtMs ? { ...state, snapshot } : state;
};

/** Takes what Lemon Squeezy shows now, unless an event that came meanwhile is newer. */
export const withCurrent = (
  state: SubscriptionState | undefined,
  snapshot: Snapshot,
): SubscriptionState => {
  if (state === undefined) return { snapshot, invoice: null };
  return snapshot.updatedAtMs >= state.snapshot.updatedAtMs ? { ...state, snapshot } : state;
};

/** Takes a paid invoice when it is of a later period. A refund is never taken back. */
export function withInvoice(state: SubscriptionState, invoice: PaidInvoice): SubscriptionState {
  const held = state.invoice;
  if (held === null) return { ...state, invoice };
  if (held.id === invoice.id)
    return { ...state, invoice: { ...held, refunded: held.refunded || invoice.refunded } };
  return isLater(invoice, held) ? { ...state, invoice } : state;
}

/** Ids are numbers that rise; of two invoices of one millisecond the one with the higher id is later. */
const isLater = (one: PaidInvoice, other: PaidInvoice): boolean =>
  one.createdAtMs === other.createdAtMs
    ? Number(one.id) > Number(other.id)
    : one.createdAtMs > other.createdAtMs;
