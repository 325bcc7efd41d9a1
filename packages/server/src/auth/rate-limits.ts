import { type Tier, tierLimits } from '@stellar-memory/protocol';
import type { Clock } from '../domain/clock.js';
import type { ApiKeyId, UserId } from '../domain/ids.js';
import { BoundedMap } from './bounded-map.js';
import { type Bucket, debtMs, judge, spend, type Verdict, windowMs } from './gcra.js';

/** Tenants and addresses a node remembers; who was not seen for longest is forgotten, and starts anew. */
const remembered = 20_000;
/** Requests a minute that come from one address without a valid key. */
export const addressPerMinute = 120;
/** Refusals a minute that a tenant or an address gets at once; who asks on all the same waits for them. */
const promptRefusals = 30;
/** Milliseconds that such an answer waits at most: whoever does not slow down is slowed down. Below the shortest Retry-After. */
const refusalDelayMs = 900;

/** What one key may take of its account's limit while others of its keys are in use. */
const keyShare = 0.8;

/** Whose request it is, as a key proved it. */
export interface Caller {
  readonly userId: UserId;
  readonly apiKeyId: ApiKeyId | 'owner';
  readonly tier: Tier;
}

/** A verdict with the limit that it is about. */
export interface RateVerdict extends Verdict {
  readonly policy: 'account' | 'key' | 'address';
  /** Milliseconds that the answer is to wait at most. */
  readonly delayMs: number;
  readonly limit: number;
}

interface TenantBuckets {
  readonly account: Bucket;
  readonly refusals: Bucket;
  readonly keys: BoundedMap<ApiKeyId | 'owner', Bucket & { seenAtMs: number }>;
  /** Milliseconds of debt that the other nodes do not know of. */
  unsharedMs: number;
  sharedAtMs: number;
}

/** What a node spent for a tenant since it last said so. */
export interface Spending {
  readonly userId: UserId;
  readonly spentMs: number;
}

/** Limits by tier and by address, in the memory of this node. No request waits for anything here. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #tenants = new BoundedMap<UserId, TenantBuckets>(remembered);
  readonly #addresses = new BoundedMap<string, { bucket: Bucket; refusals: Bucket }>(remembered);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Tenants that are remembered. */
  get size(): number {
    return this.#tenants.size;
  }

  /** Spends for a request of a user; nothing is spent when it is refused. `undefined` for a tier without limit. */
  ofCaller(caller: Caller, cost: number): RateVerdict | undefined {
    const limit = tierLimits[caller.tier].requestsPerMinute;
    if (limit === null) return undefined;
    const nowMs = this.#clock.nowMs();
    const buckets = this.#bucketsOf(caller.userId, nowMs);
    const key = keyBucket(buckets, caller.apiKeyId, nowMs);
    const keyLimit = sharesAccount(buckets, nowMs) ? Math.max(1, limit * keyShare) : limit;
    const account = judge(buckets.account, nowMs, limit, cost);
    const ofKey = judge(key, nowMs, keyLimit, cost);
    if (!account.allowed || !ofKey.allowed) {
      const delayMs = delayOf(buckets.refusals, nowMs);
      return account.allowed
        ? { ...ofKey, policy: 'key', limit: Math.floor(keyLimit), delayMs }
        : { ...account, policy: 'account', limit, delayMs };
    }
    spend(buckets.account, nowMs, limit, cost);
    spend(key, nowMs, keyLimit, cost);
    buckets.unsharedMs += (cost * windowMs) / limit;
    return { ...account, policy: 'account', limit, delayMs: 0 };
  }

  /** Spends for a request that nobody's key stands for. */
  ofAddress(address: string): RateVerdict {
    const nowMs = this.#clock.nowMs();
    const known = this.#addresses.get(address);
    const { bucket, refusals } = known ?? {
      bucket: { paidAtMs: nowMs },
      refusals: { paidAtMs: nowMs },
    };
    if (known === undefined) this.#addresses.set(address, { bucket, refusals });
    const verdict = judge(bucket, nowMs, addressPerMinute, 1);
    if (verdict.allowed) spend(bucket, nowMs, addressPerMinute, 1);
    const delayMs = verdict.allowed ? 0 : delayOf(refusals, nowMs);
    return { ...verdict, policy: 'address', limit: addressPerMinute, delayMs };
  }

  /**
   * What is to be told to the other nodes, taken: a tenth of a window at once, less after five seconds.
   * What cannot be told is given back with `giveBack`.
   */
  takeSpendings(): Spending[] {
    const nowMs = this.#clock.nowMs();
    const due: Spending[] = [];
    for (const [userId, buckets] of this.#tenants.entries()) {
      const { unsharedMs, sharedAtMs } = buckets;
      if (unsharedMs === 0 || (unsharedMs < windowMs / 10 && nowMs - sharedAtMs < 5_000)) continue;
      due.push({ userId, spentMs: unsharedMs });
      buckets.unsharedMs = 0;
      buckets.sharedAtMs = nowMs;
    }
    return due;
  }

  giveBack(spendings: readonly Spending[]): void {
    for (const { userId, spentMs } of spendings) {
      const buckets = this.#tenants.get(userId);
      if (buckets !== undefined) buckets.unsharedMs += spentMs;
    }
  }

  /** Takes over what a tenant has spent on all nodes together; what was spent here since is on top of it. */
  learn(userId: UserId, sharedDebtMs: number): void {
    const buckets = this.#tenants.get(userId);
    if (buckets === undefined) return;
    const nowMs = this.#clock.nowMs();
    const known = Math.min(sharedDebtMs + buckets.unsharedMs, 2 * windowMs);
    buckets.account.paidAtMs = nowMs + Math.max(known, debtMs(buckets.account, nowMs));
  }

  #bucketsOf(userId: UserId, nowMs: number): TenantBuckets {
    const found = this.#tenants.get(userId);
    if (found !== undefined) return found;
    const buckets: TenantBuckets = {
      account: { paidAtMs: nowMs },
      refusals: { paidAtMs: nowMs },
      keys: new BoundedMap(32),
      unsharedMs: 0,
      sharedAtMs: nowMs,
    };
    this.#tenants.set(userId, buckets);
    return buckets;
  }
}

/** Counts a refusal. */
function delayOf(refusals: Bucket, nowMs: number): number {
  if (!judge(refusals, nowMs, promptRefusals, 1).allowed) return refusalDelayMs;
  spend(refusals, nowMs, promptRefusals, 1);
  return 0;
}

function keyBucket(buckets: TenantBuckets, id: ApiKeyId | 'owner', nowMs: number): Bucket {
  const found = buckets.keys.get(id);
  if (found !== undefined) {
    found.seenAtMs = nowMs;
    return found;
  }
  const bucket = { paidAtMs: nowMs, seenAtMs: nowMs };
  buckets.keys.set(id, bucket);
  return bucket;
}

/** Whether more than one key of the account was used within the window. */
function sharesAccount({ keys }: TenantBuckets, nowMs: number): boolean {
  if (keys.size < 2) return false;
  let seen = 0;
  for (const [, { seenAtMs }] of keys.entries()) if (nowMs - seenAtMs < windowMs) seen += 1;
  return seen > 1;
}
