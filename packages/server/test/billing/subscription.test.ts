import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withCurrent, withEvent, withInvoice } from '../../src/billing/merge-subscription.js';
import type { Snapshot, SubscriptionState } from '../../src/billing/subscription-state.js';
import { bestTier, dueAtMs, tierOfSubscription } from '../../src/billing/tier-of-subscription.js';
import { type History, type HistoryEvent, histories, shop } from './subscription-history.js';

const runs = 10_000;
const now = 1_764_000_000_000;

const active: Snapshot = {
  storeId: '1',
  variantId: '10',
  status: 'active',
  pauseMode: null,
  endsAtMs: null,
  renewsAtMs: now + 1,
  testMode: false,
  updatedAtMs: now,
};
const tierOf = (change: Partial<Snapshot>, refunded?: boolean) =>
  tierOfSubscription(
    {
      snapshot: { ...active, ...change },
      invoice: refunded === undefined ? null : { id: '1', createdAtMs: now, refunded },
    },
    shop,
    now,
  );

describe('A subscription is worth', () => {
  test.each<[string, Partial<Snapshot>, string]>([
    ['its tier while active', {}, 'pro'],
    ['the tier of its variant', { variantId: '20' }, 'promax'],
    ['its tier on trial', { status: 'on_trial' }, 'pro'],
    ['its tier while a payment is tried again', { status: 'past_due' }, 'pro'],
    ['its tier until it ends', { status: 'cancelled', endsAtMs: now + 1 }, 'pro'],
    ['nothing from the moment it ends', { status: 'cancelled', endsAtMs: now }, 'free'],
    ['nothing when it is cancelled and nobody says until when', { status: 'cancelled' }, 'free'],
    ['its tier when paused for free', { status: 'paused', pauseMode: 'free' }, 'pro'],
    ['nothing when paused without service', { status: 'paused', pauseMode: 'void' }, 'free'],
    ['nothing when paused in an unknown way', { status: 'paused' }, 'free'],
    ['nothing when unpaid', { status: 'unpaid' }, 'free'],
    ['nothing when expired', { status: 'expired', endsAtMs: now + 1 }, 'free'],
    ['nothing in a status that nobody knows', { status: 'splendid' }, 'free'],
    ['nothing for another variant', { variantId: '30' }, 'free'],
    ['nothing for a variant without a name', { variantId: '' }, 'free'],
    ['nothing from another store', { storeId: '2' }, 'free'],
    ['nothing when its money is pretended', { testMode: true }, 'free'],
  ])('%s', (_name, change, tier) => {
    expect(tierOf(change)).toBe(tier);
  });

  test('nothing while the current period is refunded', () => {
    expect(tierOf({}, true)).toBe('free');
    expect(tierOf({}, false)).toBe('pro');
  });

  test('what time alone will change at a known moment, and only then', () => {
    expect(dueAtMs({ ...active, status: 'cancelled', endsAtMs: now + 5 }, now)).toBe(now + 5);
    expect(dueAtMs({ ...active, status: 'cancelled', endsAtMs: now }, now)).toBeNull();
    expect(dueAtMs(active, now)).toBeNull();
  });

  test('no more and no less than the best of its account', () => {
    expect(bestTier([])).toBe('free');
    expect(bestTier(['free', 'promax', 'pro'])).toBe('promax');
  });
});

const receive = (
  state: SubscriptionState | undefined,
  event: HistoryEvent,
): SubscriptionState | undefined => {
  if (event.kind === 'snapshot') return withEvent(state, event.snapshot);
  // An invoice of a subscription that is not known yet makes the server ask for it: the reconcile's part.
  return state && withInvoice(state, event.invoice);
};

const receiveAll = (state: SubscriptionState | undefined, events: readonly HistoryEvent[]) =>
  events.reduce(receive, state);

function reconcile(state: SubscriptionState | undefined, { last }: History): SubscriptionState {
  const current = withCurrent(state, last.snapshot);
  return last.invoices.reduce(withInvoice, current);
}

/** What a server that missed nothing would say. */
const truth = ({ last }: History, atMs: number) =>
  tierOfSubscription(
    { snapshot: last.snapshot, invoice: last.invoices.at(-1) ?? null },
    shop,
    atMs,
  );

/** A history and one way in which it arrives: some of it, some of it twice, in any order. */
const deliveries = histories.chain((history) =>
  fc.record({
    history: fc.constant(history),
    arrived: fc.array(fc.constantFrom(...history.events), { maxLength: 20 }),
    afterwards: fc.array(fc.constantFrom(...history.events), { maxLength: 5 }),
    laterDays: fc.nat({ max: 60 }),
  }),
);

describe(`In ${runs} histories`, () => {
  test('any permutation, duplication or loss, then a reconcile, ends in the same tier, and stays there', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(deliveries, ({ history, arrived, afterwards, laterDays }) => {
        const atMs = history.last.snapshot.updatedAtMs + laterDays * 86_400_000;
        const expected = truth(history, atMs);
        seen.set(expected, (seen.get(expected) ?? 0) + 1);
        const reconciled = reconcile(receiveAll(undefined, arrived), history);
        expect(tierOfSubscription(reconciled, shop, atMs)).toBe(expected);
        const late = receiveAll(reconciled, afterwards);
        expect(tierOfSubscription(late!, shop, atMs)).toBe(expected);
      }),
      { numRuns: runs },
    );
    // Histories that all end alike would prove nothing.
    for (const tier of ['free', 'pro', 'promax']) expect(seen.get(tier)).toBeGreaterThan(runs / 20);
  });

  test('every event at least once, in any order, needs no reconcile', () => {
    const shuffled = histories.chain((history) =>
      fc.record({
        history: fc.constant(history),
        arrived: fc.shuffledSubarray([...history.events, ...history.events], {
          minLength: history.events.length * 2,
        }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ history, arrived }) => {
        const first = history.events.find(({ kind }) => kind === 'snapshot')!;
        const state = receiveAll(receive(undefined, first), arrived)!;
        const atMs = history.last.snapshot.updatedAtMs;
        expect(tierOfSubscription(state, shop, atMs)).toBe(truth(history, atMs));
      }),
      { numRuns: runs },
    );
  });

  test('taking every event as it comes would end wrong: the order guard is needed', () => {
    const careless = (state: SubscriptionState | undefined, event: HistoryEvent) => {
      if (event.kind === 'snapshot')
        return { snapshot: event.snapshot, invoice: state?.invoice ?? null };
      return state && withInvoice(state, event.invoice);
    };
    const wrong = fc.check(
      fc.property(deliveries, ({ history, arrived, afterwards }) => {
        const reconciled = reconcile(arrived.reduce(careless, undefined), history);
        const late = afterwards.reduce<SubscriptionState | undefined>(careless, reconciled)!;
        const atMs = history.last.snapshot.updatedAtMs;
        return tierOfSubscription(late, shop, atMs) === truth(history, atMs);
      }),
      { numRuns: runs },
    );
    expect(wrong.failed).toBe(true);
  });
});
