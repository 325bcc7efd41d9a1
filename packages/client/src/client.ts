import type {
  AuditChain,
  AuditResponse,
  CheckoutResponse,
  PortalResponse,
  Session,
  SubscriptionResponse,
} from './account-wire.js';
import type { Sync, SyncOptions } from './sync/sync.js';
import type { CallOptions } from './transport.js';
import type {
  ApiKey,
  ContentType,
  CreateApiKeyRequest,
  CreatedApiKey,
  ListQuery,
  ListResponse,
  Memory,
  MemoryLink,
  MemoryOrbit,
  PatchRequest,
  RecallBatchQuery,
  RecallContextQuery,
  RecallContextResponse,
  RecalledMemory,
  RecallQuery,
  RotateApiKeyRequest,
  StatsResponse,
  StoreRequest,
  StoreResponse,
  TimelineEntry,
  TimelineQuery,
  UsageResponse,
} from './wire.js';

/** What a write takes beside. */
export interface WriteOptions extends CallOptions {
  /**
   * A repeated write with the same key acts once, even from another process. Default: a random one a call,
   * which is what makes a retry safe.
   */
  readonly idempotencyKey?: string | undefined;
}

/** What `patch` takes beside. */
export interface PatchOptions extends WriteOptions {
  /** `etag` of the memory as it was read: refused with `precondition_failed` if it changed since. */
  readonly ifMatch?: string;
}

/** What narrows a recall. */
export interface RecallOptions extends Omit<RecallQuery, 'q'>, CallOptions {}

/** A page of a recall. */
export interface RecallPage {
  items: RecalledMemory[];
  /** `null` on the last page. */
  next_cursor: string | null;
}

/** What narrows and bounds a context. */
export interface RecallContextOptions extends Omit<RecallContextQuery, 'q'>, CallOptions {}

/** Which page of the list. */
export interface ListOptions extends ListQuery, CallOptions {}

/** Which memories to go through; `limit` is how many are fetched at a time, 100 when absent. */
export interface ListAllOptions extends Omit<ListQuery, 'offset' | 'cursor'>, CallOptions {}

/** Which stretch of time. */
export interface TimelineOptions extends TimelineQuery, CallOptions {}

/** A memory and the version that was read. */
export interface VersionedMemory extends Memory {
  /** For `ifMatch`; `null` where something on the way removed it. */
  etag: string | null;
}

/**
 * A user's memories. Every method takes `signal` and `timeoutMs`, and rejects with a `StellarMemoryError`.
 * In the examples `stellar` is a client.
 */
export interface StellarMemoryClient {
  /**
   * Stores a memory.
   *
   * @example
   * ```ts
   * const { id, zone } = await stellar.store({ content: 'Mina is allergic to peanuts.', importance: 0.9 });
   * console.log(`stored ${id} in zone ${zone}`);
   * ```
   */
  readonly store: (memory: StoreRequest, options?: WriteOptions) => Promise<StoreResponse>;

  /**
   * Stores up to 100 memories in their order: all, or none.
   *
   * @example
   * ```ts
   * const turns = [
   *   { content: 'Shall we meet on Friday?', speaker: 'Mina', session_id: 'chat-7' },
   *   { content: 'Friday at noon suits me.', speaker: 'Jun', session_id: 'chat-7' },
   * ];
   * const stored = await stellar.storeBatch(turns);
   * console.log(stored.length); // 2
   * ```
   */
  readonly storeBatch: (
    memories: readonly StoreRequest[],
    options?: WriteOptions,
  ) => Promise<StoreResponse[]>;

  /**
   * Recalls what matters to a query, best first.
   *
   * @example
   * ```ts
   * for (const { content, score } of await stellar.recall('peanut allergy', { limit: 3 })) {
   *   console.log(score.toFixed(2), content);
   * }
   * ```
   */
  readonly recall: (query: string, options?: RecallOptions) => Promise<RecalledMemory[]>;

  /**
   * The same, with the cursor of the next page.
   *
   * @example
   * ```ts
   * const first = await stellar.recallPage('peanuts', { limit: 10, metadata: { kind: 'allergy' } });
   * if (first.next_cursor !== null) {
   *   const second = await stellar.recallPage('peanuts', { limit: 10, cursor: first.next_cursor });
   *   console.log(second.items.length);
   * }
   * ```
   */
  readonly recallPage: (query: string, options?: RecallOptions) => Promise<RecallPage>;

  /**
   * Answers up to 20 queries in one call, in their order.
   *
   * @example
   * ```ts
   * const [food, places] = await stellar.recallBatch([{ q: 'peanuts' }, { q: 'boathouse', limit: 1 }]);
   * console.log(food?.length, places?.length);
   * ```
   */
  readonly recallBatch: (
    queries: readonly RecallBatchQuery[],
    options?: CallOptions,
  ) => Promise<RecalledMemory[][]>;

  /**
   * What matters to a query as a text for a prompt, within a budget of tokens.
   *
   * @example
   * ```ts
   * const { text, tokens } = await stellar.recallContext('peanut allergy', { max_tokens: 500 });
   * console.log(`${tokens} tokens:\n${text}`);
   * ```
   */
  readonly recallContext: (
    query: string,
    options?: RecallContextOptions,
  ) => Promise<RecallContextResponse>;

  /**
   * Forgets a memory. Errors: `not_found`.
   *
   * @example
   * ```ts
   * const { id } = await stellar.store({ content: 'The door code is 4711.' });
   * await stellar.forget(id);
   * ```
   */
  readonly forget: (id: string, options?: WriteOptions) => Promise<void>;

  /** Reads one memory. Errors: `not_found`. */
  readonly get: (
    id: string,
    options?: CallOptions,
  ) => Promise<
    VersionedMemory & {
      readonly orbit: MemoryOrbit;
      readonly content_type: ContentType;
      readonly links: readonly MemoryLink[];
    }
  >;

  /**
   * Changes a memory: what is absent stays, `null` clears.
   * Errors: `not_found`; `precondition_failed` when `ifMatch` is no longer the version.
   *
   * @example
   * ```ts
   * const { id } = await stellar.store({ content: 'Mina lives in Busan.', speaker: 'Jun' });
   * const { etag } = await stellar.get(id);
   * await stellar.patch(
   *   id,
   *   { content: 'Mina lives in Seoul.', speaker: null },
   *   etag === null ? {} : { ifMatch: etag },
   * );
   * ```
   */
  readonly patch: (
    id: string,
    changes: PatchRequest,
    options?: PatchOptions,
  ) => Promise<VersionedMemory>;

  /** Reads one page of the memories, highest orbit score first, with the exact total. */
  readonly list: (options?: ListOptions) => Promise<ListResponse>;

  /**
   * Goes through all memories, fetching a page when it is needed.
   *
   * @example
   * ```ts
   * for await (const memory of stellar.listAll({ zone: 2 })) {
   *   console.log(memory.id, memory.content);
   * }
   * ```
   */
  readonly listAll: (options?: ListAllOptions) => AsyncGenerator<Memory, void, undefined>;

  /**
   * What happened when, newest first.
   *
   * @example
   * ```ts
   * const today = await stellar.timeline({ start: new Date().toISOString().slice(0, 10) });
   * console.log(today.map((entry) => entry.content));
   * ```
   */
  readonly timeline: (options?: TimelineOptions) => Promise<TimelineEntry[]>;

  /** Exact counts by zone. */
  readonly stats: (options?: CallOptions) => Promise<StatsResponse>;

  /**
   * What the account has in use, and what its tier allows.
   *
   * @example
   * ```ts
   * const { tier, memories } = await stellar.usage();
   * console.log(`${tier}: ${memories.used} of ${memories.limit ?? 'any number of'} memories`);
   * ```
   */
  readonly usage: (options?: CallOptions) => Promise<UsageResponse>;

  /** The account's keys. */
  readonly apiKeys: ApiKeysClient;

  /** Who is signed in to the account, and what happened to it. */
  readonly account: AccountClient;

  /** What the account pays for. Errors: `not_found` on a server that sells nothing. */
  readonly billing: BillingClient;

  /**
   * Keeps a replica of all memories here that follows the server until it is closed. Errors: those of the storage.
   *
   * @example
   * ```ts
   * const sync = await stellar.sync();
   * await sync.caughtUp();
   * sync.on('change', ({ id, memory }) => console.log(id, memory?.content ?? 'was forgotten'));
   * await stellar.store({ content: 'The lake is frozen.' });
   * await sync.close();
   * ```
   */
  readonly sync: (options?: SyncOptions) => Promise<Sync>;
}

/** The keys of the account that the client's own key belongs to; that key must have the scope `admin`. */
export interface ApiKeysClient {
  /** All keys that work, without their secrets. */
  readonly list: (options?: CallOptions) => Promise<ApiKey[]>;

  /**
   * Makes a key; the answer is the only one that ever holds it. Errors: `quota_exceeded`.
   * Not tried again when the answer is lost: look at `list` before another attempt.
   *
   * @example
   * ```ts
   * const { id, api_key } = await stellar.apiKeys.create({ name: 'reader', scopes: ['read'] });
   * console.log(`${api_key.slice(0, 8)}… can only read`);
   * await stellar.apiKeys.revoke(id);
   * ```
   */
  readonly create: (request?: CreateApiKeyRequest, options?: CallOptions) => Promise<CreatedApiKey>;

  /**
   * Replaces a key by a new one with the same rights; the old one works on for `overlap_seconds`.
   * Not tried again when the answer is lost: the old key is then replaced by one that nobody has, so revoke both.
   * Errors: `not_found`; `conflict` when it was rotated already.
   *
   * @example
   * ```ts
   * const { id } = await stellar.apiKeys.create({ name: 'robot', scopes: ['read'] });
   * const successor = await stellar.apiKeys.rotate(id, { overlap_seconds: 600 });
   * console.log(successor.id !== id); // true
   * ```
   */
  readonly rotate: (
    id: string,
    request?: RotateApiKeyRequest,
    options?: CallOptions,
  ) => Promise<CreatedApiKey>;

  /** Revokes a key and those that it made: they are refused from now on. Errors: `not_found`. */
  readonly revoke: (id: string, options?: CallOptions) => Promise<void>;
}

/** Which rows of the audit log: before this number, so many at most (50 when absent, up to 100). */
export interface AuditOptions extends CallOptions {
  readonly limit?: number | undefined;
  readonly before?: number | undefined;
}

/** The account that the client's own key belongs to; that key must have the scope `admin`. */
export interface AccountClient {
  /** Browsers that are signed in. Errors: `not_found` on a server that sends no mail. */
  readonly sessions: (options?: CallOptions) => Promise<Session[]>;

  /** Signs a browser out, at once. Errors: `not_found`. */
  readonly endSession: (id: string, options?: CallOptions) => Promise<void>;

  /**
   * What happened to the account, newest first.
   *
   * @example
   * ```ts
   * let before: number | undefined;
   * do {
   *   const { items, next_before } = await stellar.account.audit({ before });
   *   for (const { at, action, actor } of items) console.log(at, action, actor);
   *   before = next_before ?? undefined;
   * } while (before !== undefined);
   * ```
   */
  readonly audit: (options?: AuditOptions) => Promise<AuditResponse>;

  /**
   * Whether every row of the audit log is as it was written.
   *
   * @example
   * ```ts
   * const { broken_at, head } = await stellar.account.verifyAudit();
   * console.log(broken_at); // null
   * console.log(`note this, and compare it later: ${head}`);
   * ```
   */
  readonly verifyAudit: (options?: CallOptions) => Promise<AuditChain>;
}

/** Buying a tier. A person pays at the address that is answered; the tier changes when the payment is there. */
export interface BillingClient {
  /** The account's tier, and its newest subscription. */
  readonly subscription: (options?: CallOptions) => Promise<SubscriptionResponse>;

  /**
   * Where to pay for a tier. Not tried again when the answer is lost.
   * Errors: `conflict` for who has a subscription: change its plan.
   */
  readonly checkout: (tier: 'pro' | 'promax', options?: CallOptions) => Promise<CheckoutResponse>;

  /**
   * Changes the tier of a subscription; `free` lets it run out. Not tried again when the answer is lost.
   * Errors: `conflict` for who has none.
   */
  readonly changePlan: (
    tier: 'free' | 'pro' | 'promax',
    options?: CallOptions,
  ) => Promise<SubscriptionResponse>;

  /** Where to change the means of payment, and see invoices: another address each time. Errors: `not_found`. */
  readonly portal: (options?: CallOptions) => Promise<PortalResponse>;
}
