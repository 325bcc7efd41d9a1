import {
  claimUnchecked,
  dueSubscriptions,
  findSubscription,
  lockSubscription,
} from '../storage/statements/subscriptions.system.js';
import { paidInvoiceOf, type SubscriptionObject, snapshotOf } from './lemonsqueezy-shapes.js';
import { withCurrent, withInvoice } from './merge-subscription.js';
import { type BillingParts, settle } from './settle.system.js';
import { stateOf } from './stored-subscription.js';
import type { PaidInvoice } from './subscription-state.js';

/** Milliseconds after which a subscription is asked about again: what a lost event costs at most. */
const pollMs = 15 * 60_000;
/** Asked about in one run, at two requests each; Lemon Squeezy allows 300 a minute. */
const pollsPerRun = 20;

/** Asks Lemon Squeezy about subscriptions that nobody asked about for 15 minutes. Nodes share the work. */
export async function poll(parts: BillingParts): Promise<void> {
  const nowMs = parts.clock.nowMs();
  const ids = await parts.system.asSystem((tx) =>
    claimUnchecked(tx, new Date(nowMs - pollMs), new Date(nowMs), pollsPerRun),
  );
  for (const id of ids) {
    try {
      await reconcile(parts, id);
    } catch (err) {
      parts.onAlarm('not_reconciled', { err, subscription: id });
    }
  }
}

async function reconcile(parts: BillingParts, id: string): Promise<void> {
  const current = await parts.lemonSqueezy.subscription(id);
  if (current === undefined) return parts.onAlarm('subscription_gone', { subscription: id });
  const invoices = await parts.lemonSqueezy.invoices(id);
  await takeCurrent(
    parts,
    current,
    invoices.flatMap((invoice) => paidInvoiceOf(invoice) ?? []),
  );
}

/** Takes what Lemon Squeezy shows now of a subscription that is known here. */
export const takeCurrent = (
  parts: BillingParts,
  current: SubscriptionObject,
  invoices: readonly PaidInvoice[],
): Promise<void> =>
  parts.system.asSystem(async (tx) => {
    await lockSubscription(tx, current.id);
    const held = await findSubscription(tx, current.id);
    if (held === undefined) return;
    const state = withCurrent(stateOf(held), snapshotOf(current));
    await settle(tx, parts, held, current.id, invoices.reduce(withInvoice, state));
  });

/** Ends what was cancelled and has come to its end. */
export async function sweep(parts: BillingParts): Promise<void> {
  const { system, clock } = parts;
  const ids = await system.asSystem((tx) => dueSubscriptions(tx, new Date(clock.nowMs())));
  for (const id of ids)
    await system.asSystem(async (tx) => {
      await lockSubscription(tx, id);
      const held = await findSubscription(tx, id);
      if (held !== undefined) await settle(tx, parts, held, id, stateOf(held));
    });
}
