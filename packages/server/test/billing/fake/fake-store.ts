import { randomUUID } from 'node:crypto';
import type { Deliveries } from './deliveries.js';
import {
  type FakeCheckout,
  type FakeInvoice,
  type FakeShop,
  type FakeSubscription,
  invoiceResource,
  subscriptionResource,
} from './objects.js';

const monthMs = 30 * 86_400_000;

/** What happens to a subscription besides being bought, as the dashboard, the portal and time make it happen. */
export type Happening =
  | 'renew'
  | 'fail-payment'
  | 'give-up'
  | 'recover'
  | 'cancel'
  | 'resume'
  | 'expire'
  | 'pause-free'
  | 'pause-void'
  | 'unpause'
  | 'refund';

/** The store's memory and its rules: what each happening changes, and which events tell of it. */
export class FakeStore {
  readonly checkouts = new Map<string, FakeCheckout>();
  readonly subscriptions = new Map<number, FakeSubscription>();
  readonly invoices: FakeInvoice[] = [];
  readonly #shop: FakeShop;
  readonly #deliveries: Deliveries;
  #nowMs: number;
  #nextId = 1;

  constructor(shop: FakeShop, deliveries: Deliveries, startMs: number) {
    this.#shop = shop;
    this.#deliveries = deliveries;
    this.#nowMs = startMs;
  }

  get shop(): FakeShop {
    return this.#shop;
  }

  /** The store's time: a second passes at every question, so that every change has its own. */
  now(): number {
    this.#nowMs += 1_000;
    return this.#nowMs;
  }

  /** Lets time pass. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  addCheckout(checkout: Omit<FakeCheckout, 'id' | 'createdAtMs'>): FakeCheckout {
    const made = { ...checkout, id: randomUUID(), createdAtMs: this.now() };
    this.checkouts.set(made.id, made);
    return made;
  }

  /** A buyer pays. He may have changed the custom data, and may have chosen another variant that is enabled. */
  buy(checkout: FakeCheckout, custom: unknown = checkout.custom): FakeSubscription {
    const now = this.now();
    const id = this.#nextId++;
    const made: FakeSubscription = {
      id,
      orderId: id,
      createdAtMs: now,
      custom,
      variantId: checkout.variantId,
      status: 'active',
      pauseMode: null,
      endsAtMs: null,
      renewsAtMs: now + monthMs,
      updatedAtMs: now,
    };
    this.subscriptions.set(id, made);
    this.#tell('subscription_created', made);
    this.#bill(made, 'initial');
    return made;
  }

  /** Something happens to a subscription. False where the rules do not allow it. */
  happen(held: FakeSubscription, what: Happening): boolean {
    return Object.hasOwn(this.#rules, what) && this.#rules[what](held);
  }

  changeVariant(held: FakeSubscription, variantId: number): void {
    this.#change(held, { variantId }, 'subscription_plan_changed');
  }

  readonly #rules: Record<Happening, (held: FakeSubscription) => boolean> = {
    renew: (held) => {
      this.#change(held, { status: 'active', renewsAtMs: held.renewsAtMs + monthMs });
      this.#bill(held, 'renewal');
      return true;
    },
    'fail-payment': (held) => {
      this.#change(held, { status: 'past_due' });
      this.#tellInvoice(
        'subscription_payment_failed',
        held,
        this.#invoice(held, 'renewal', 'pending'),
      );
      return true;
    },
    'give-up': (held) => this.#change(held, { status: 'unpaid' }),
    recover: (held) => {
      this.#change(held, { status: 'active' });
      this.#bill(held, 'renewal', 'subscription_payment_recovered');
      return true;
    },
    cancel: (held) =>
      this.#change(
        held,
        { status: 'cancelled', endsAtMs: held.renewsAtMs },
        'subscription_cancelled',
      ),
    resume: (held) =>
      held.status === 'cancelled' &&
      this.#change(held, { status: 'active', endsAtMs: null }, 'subscription_resumed'),
    expire: (held) =>
      this.#change(
        held,
        { status: 'expired', endsAtMs: held.endsAtMs ?? this.now() },
        'subscription_expired',
      ),
    'pause-free': (held) =>
      this.#change(held, { status: 'paused', pauseMode: 'free' }, 'subscription_paused'),
    'pause-void': (held) =>
      this.#change(held, { status: 'paused', pauseMode: 'void' }, 'subscription_paused'),
    unpause: (held) =>
      this.#change(held, { status: 'active', pauseMode: null }, 'subscription_unpaused'),
    refund: (held) => {
      const newest = this.invoices.findLast(
        ({ subscriptionId, status }) => subscriptionId === held.id && status === 'paid',
      );
      if (newest === undefined) return false;
      Object.assign(newest, { status: 'refunded', updatedAtMs: this.now() });
      this.#tellInvoice('subscription_payment_refunded', held, newest);
      return true;
    },
  };

  /** Every change has an event of its own and `subscription_updated`. */
  #change(held: FakeSubscription, change: Partial<FakeSubscription>, eventName?: string): true {
    Object.assign(held, change, { updatedAtMs: this.now() });
    if (eventName !== undefined) this.#tell(eventName, held);
    this.#tell('subscription_updated', held);
    return true;
  }

  #bill(
    held: FakeSubscription,
    reason: 'initial' | 'renewal',
    eventName = 'subscription_payment_success',
  ): void {
    this.#tellInvoice(eventName, held, this.#invoice(held, reason, 'paid'));
  }

  #invoice(
    held: FakeSubscription,
    reason: FakeInvoice['reason'],
    status: FakeInvoice['status'],
  ): FakeInvoice {
    const now = this.now();
    const made = {
      id: this.#nextId++,
      subscriptionId: held.id,
      reason,
      status,
      createdAtMs: now,
      updatedAtMs: now,
    };
    this.invoices.push(made);
    return made;
  }

  #tell(eventName: string, held: FakeSubscription): void {
    this.#emit(eventName, held, subscriptionResource(held, this.#shop));
  }

  #tellInvoice(eventName: string, held: FakeSubscription, invoice: FakeInvoice): void {
    this.#emit(eventName, held, invoiceResource(invoice, this.#shop));
  }

  #emit(eventName: string, { custom }: FakeSubscription, data: object): void {
    const meta = {
      test_mode: this.#shop.testMode,
      event_name: eventName,
      custom_data: custom,
      webhook_id: randomUUID(),
    };
    this.#deliveries.emit({ eventName, body: JSON.stringify({ meta, data }) });
  }
}
