/** What travels over REST about accounts and purchases; see `wire.ts`. */

/** A browser that is signed in. Times are ISO 8601. */
export interface Session {
  id: string;
  /** As the browser names itself. */
  user_agent: string | null;
  created_at: string;
  expires_at: string;
  /** Whether it is the one that asks; a key is none. */
  current: boolean;
}

/** Something that happened to the account. */
export interface AuditItem {
  /** From 1, without gaps. */
  seq: number;
  /** ISO 8601. */
  at: string;
  action: string;
  /** `owner`, `key:<id>`, `operator` or `system`. */
  actor: string;
  detail: { [key: string]: unknown };
  /** Hex SHA-256 over this row and the hash before it. */
  hash: string;
}

/** A page of the audit log. */
export interface AuditResponse {
  items: AuditItem[];
  /** `before` of the next page; `null` on the last one. */
  next_before: number | null;
}

/** What verifying the audit log found. */
export interface AuditChain {
  rows: number;
  /** First row that is not as it was written; `null` when all are. */
  broken_at: number | null;
  /** Hash of the last row. */
  head: string | null;
}

/** Where to pay. */
export interface CheckoutResponse {
  url: string;
  /** ISO 8601: of no use from then on. */
  expires_at: string;
}

/** Where payments are managed: signed, good for 24 hours. */
export interface PortalResponse {
  url: string;
}

/** What an account pays for. Times are ISO 8601. */
export interface Subscription {
  /** on_trial, active, past_due, paused, cancelled, unpaid or expired. */
  status: string;
  /** What it is worth now. */
  tier: 'free' | 'pro' | 'promax';
  renews_at: string | null;
  /** When what was paid for ends, once it was cancelled. */
  ends_at: string | null;
  /** A payment has failed: settle it in the portal. */
  payment_open: boolean;
}

/** The account's tier, and its newest subscription. */
export interface SubscriptionResponse {
  tier: 'free' | 'pro' | 'promax' | 'local';
  /** `null` when nothing was ever bought. */
  subscription: Subscription | null;
}
