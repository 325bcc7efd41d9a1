import type {
  CheckoutRequest,
  CheckoutResponse,
  PlanRequest,
  PortalResponse,
  SubscriptionResponse,
} from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';

/** What a user may do about what he pays. */
export interface BillingService {
  /** Errors: `conflict` when there is a subscription already, `payment_required` when its payment is open. */
  checkout(userId: UserId, request: CheckoutRequest): Promise<CheckoutResponse>;
  /** Errors: `not_found` when nothing was ever bought. */
  portal(userId: UserId): Promise<PortalResponse>;
  /**
   * Changes the plan at once, prorated; to `free` at the end of what was paid for.
   * Errors: `conflict` when there is nothing to change, `payment_required`.
   */
  changePlan(userId: UserId, request: PlanRequest): Promise<SubscriptionResponse>;
  subscription(userId: UserId): Promise<SubscriptionResponse>;
}

/** What Lemon Squeezy sends: not a byte of it is believed before the signature is. */
export interface Delivery {
  /** As it came. */
  readonly body: Uint8Array;
  /** Of the header X-Signature. */
  readonly signature: string;
}

/** Takes events in. */
export interface WebhookReceiver {
  /**
   * Resolves once the event is committed; what it means is applied afterwards. The same event again is fine.
   * Errors: `unauthorized` for a wrong signature, `invalid_json` for a body that is no event.
   */
  receive(delivery: Delivery): Promise<void>;
}
