import type { UserId } from '../domain/ids.js';
import { deleteStaleNonces } from '../storage/statements/checkout-nonces.system.js';
import { deleteOldEvents, openEvents } from '../storage/statements/webhook-events.system.js';
import type { BillingService, WebhookReceiver } from './billing-service.js';
import { type BillingServiceParts, createBillingService } from './billing-service.system.js';
import { endSubscriptions } from './end-subscriptions.js';
import { Webhooks } from './receive-webhook.system.js';
import { poll, sweep } from './reconcile.system.js';

/** Billing as a whole, as the process runs it. */
export interface Billing {
  readonly service: BillingService;
  readonly webhooks: WebhookReceiver;
  /** One round of what happens without a request: open events, ends that have come, polls that are due. */
  maintain(): Promise<void>;
  /** Cancels whatever of an account renews. Errors: `unavailable`. */
  endSubscriptions(userId: UserId): Promise<void>;
  /** Resolves when every event taken in so far has been tried. */
  idle(): Promise<void>;
}

/** Milliseconds that applied events and unfinished checkouts are kept. */
const keptMs = 90 * 86_400_000;

/** Puts billing together. Errors: an empty webhook secret is refused. */
export function createBilling(parts: BillingServiceParts, webhookSecret: string): Billing {
  const webhooks = new Webhooks(parts, webhookSecret);
  return {
    service: createBillingService(parts),
    webhooks,
    async maintain() {
      await retry(parts, webhooks);
      await sweep(parts);
      await poll(parts);
      await forget(parts);
    },
    endSubscriptions: (userId) => endSubscriptions(parts, userId),
    idle: () => webhooks.idle(),
  };
}

async function retry({ system }: BillingServiceParts, webhooks: Webhooks): Promise<void> {
  for (const bodyHash of await system.asSystem(openEvents)) await webhooks.apply(bodyHash);
}

const forget = ({ system, clock }: BillingServiceParts): Promise<void> =>
  system.asSystem(async (tx) => {
    const before = new Date(clock.nowMs() - keptMs);
    await Promise.all([deleteStaleNonces(tx, before), deleteOldEvents(tx, before)]);
  });
