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

const runs = ({ status }: Snapshot): boolean => status === 'active' || status === 'on_trial';

/** What a happening makes of a subscription; `false` where Lemon Squeezy's rules do not allow it. */
const changes = {
  renew: (held: Snapshot, now: number) =>
    runs(held) && { status: 'active', renewsAtMs: now + 30 * dayMs },
  fail: (held: Snapshot) => runs(held) && { status: 'past_due' },
  recover: ({ status }: Snapshot) =>
    (status === 'past_due' || status === 'unpaid') && { status: 'active' },
  'give up': ({ status }: Snapshot) => status === 'past_due' && { status: 'unpaid' },
  cancel: (held: Snapshot, now: number) =>
    (runs(held) || held.status === 'past_due') && {
      status: 'cancelled',
      endsAtMs: now + 20 * dayMs,
    },
  resume: ({ status, endsAtMs }: Snapshot, now: number) =>
    status === 'cancelled' && now < endsAtMs! && { status: 'active', endsAtMs: null },
  expire: ({ status, endsAtMs }: Snapshot, now: number) =>
    (status === 'unpaid' || (status === 'cancelled' && now >= endsAtMs!)) && {
      status: 'expired',
      endsAtMs: endsAtMs ?? now,
    },
  'pause free': (held: Snapshot) => runs(held) && { status: 'paused', pauseMode: 'free' as const },
  'pause void': (held: Snapshot) => runs(held) && { status: 'paused', pauseMode: 'void' as const },
  unpause: ({ status }: Snapshot) => status === 'paused' && { status: 'active', pauseMode: null },
  'change plan': (held: Snapshot) =>
    runs(held) && { variantId: held.variantId === '10' ? '20' : '10' },
  // An invoice changes, the subscription does not.
  refund: () => false as const,
};
type Happening = keyof typeof changes;
const happenings = Object.keys(changes) as Happening[];

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
    const changed = changes[what](snapshot, now);
    const newest = invoices.get(`${invoices.size}`);
    if (what === 'refund' && newest !== undefined) bill({ ...newest, refunded: true });
    if (changed === false) continue;
    become(changed);
    if (what === 'renew' || what === 'recover') pay();
  }
  return { events, last: { snapshot, invoices: [...invoices.values()] } };
}
