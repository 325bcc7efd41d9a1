import fc from 'fast-check';
import type { PaidInvoice, Snapshot } from '../../src/billing/subscription-state.js';
import type { Shop } from '../../src/billing/tier-of-subscription.js';

/** The shop of these tests. */
export const shop: Shop = {
  storeId: '1',
  testMode: false,
  variants: { pro: '10', promax: '20' },
};

/** What Lemon Squeezy tells of one change. */
export type HistoryEvent =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'invoice'; readonly invoice: PaidInvoice };

/** A life of a subscription: its events in the order in which they happened, and how it ends up. */
export interface History {
  readonly events: readonly HistoryEvent[];
  readonly last: { readonly snapshot: Snapshot; readonly invoices: readonly PaidInvoice[] };
}

const startMs = 1_764_000_000_000;
const dayMs = 86_400_000;

/** What can happen next to a subscription, as Lemon Squeezy's own rules allow it. */
const happenings = [
  'renew',
  'fail',
  'recover',
  'give up',
  'cancel',
  'resume',
  'expire',
  'pause free',
  'pause void',
  'unpause',
  'change plan',
  'refund',
] as const;
type Happening = (typeof happenings)[number];

const steps = fc.array(
  fc.record({ what: fc.constantFrom(...happenings), afterDays: fc.nat({ max: 40 }) }),
  { maxLength: 12 },
);

/** Valid histories only: what cannot happen in the present state is left out. */
export const histories: fc.Arbitrary<History> = fc
  .tuple(fc.constantFrom('10', '20'), fc.boolean(), steps)
  .map(([variantId, trial, happened]) => live(variantId, trial, happened));

function live(
  variantId: string,
  trial: boolean,
  happened: readonly { what: Happening; afterDays: number }[],
): History {
  let now = startMs;
  let snapshot: Snapshot = {
    storeId: shop.storeId,
    variantId,
    status: trial ? 'on_trial' : 'active',
    pauseMode: null,
    endsAtMs: null,
    renewsAtMs: now + 30 * dayMs,
    testMode: false,
    updatedAtMs: now,
  };
  const invoices = new Map<string, PaidInvoice>();
  const events: HistoryEvent[] = [];
  const pay = (): void => bill({ id: `${invoices.size + 1}`, createdAtMs: now, refunded: false });
  const bill = (invoice: PaidInvoice): void => {
    invoices.set(invoice.id, invoice);
    events.push({ kind: 'invoice', invoice });
  };
  const become = (change: Partial<Snapshot>): void => {
    snapshot = { ...snapshot, ...change, updatedAtMs: now };
    events.push({ kind: 'snapshot', snapshot });
  };
  become({});
  if (!trial) pay();
  for (const { what, afterDays } of happened) {
    now += afterDays * dayMs + 1_000;
    const changed = changeOf(what, snapshot, now);
    const newest = invoices.get(`${invoices.size}`);
    if (what === 'refund' && newest !== undefined) bill({ ...newest, refunded: true });
    if (changed === undefined) continue;
    become(changed);
    if (what === 'renew' || what === 'recover') pay();
  }
  return { events, last: { snapshot, invoices: [...invoices.values()] } };
}

function changeOf(
  what: Happening,
  { status, variantId, endsAtMs }: Snapshot,
  now: number,
): Partial<Snapshot> | undefined {
  const runs = ['active', 'on_trial'].includes(status);
  switch (what) {
    case 'renew':
      return runs ? { status: 'active', renewsAtMs: now + 30 * dayMs } : undefined;
    case 'fail':
      return runs ? { status: 'past_due' } : undefined;
    case 'recover':
      return status === 'past_due' || status === 'unpaid' ? { status: 'active' } : undefined;
    case 'give up':
      return status === 'past_due' ? { status: 'unpaid' } : undefined;
    case 'cancel':
      return runs || status === 'past_due'
        ? { status: 'cancelled', endsAtMs: now + 20 * dayMs }
        : undefined;
    case 'resume':
      return status === 'cancelled' && now < endsAtMs!
        ? { status: 'active', endsAtMs: null }
        : undefined;
    case 'expire':
      return status === 'unpaid' || (status === 'cancelled' && now >= endsAtMs!)
        ? { status: 'expired', endsAtMs: endsAtMs ?? now }
        : undefined;
    case 'pause free':
    case 'pause void':
      return runs
        ? { status: 'paused', pauseMode: what === 'pause free' ? 'free' : 'void' }
        : undefined;
    case 'unpause':
      return status === 'paused' ? { status: 'active', pauseMode: null } : undefined;
    case 'change plan':
      return runs ? { variantId: variantId === '10' ? '20' : '10' } : undefined;
    case 'refund':
      return undefined;
  }
}
