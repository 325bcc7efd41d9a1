import type { UserId } from '../../domain/ids.js';
import type { MergeOutcome } from './merge-tenant.js';

/** Changes of a tenant that a node lets pass before it looks again whether a merge is due: one small read. */
const changesBetweenLooks = 64;
/** Tenants whose changes a node counts; the others are looked at again at their next change. */
const countedTenants = 10_000;

/** Merges one tenant if that is due; `flush` takes recent documents however few they are. */
export type MergeOne = (userId: UserId, flush: boolean) => Promise<MergeOutcome>;

/**
 * Merges in the background, one tenant at a time, whoever was touched on this node. The first touch after a start
 * always looks, so that what a crashed node left undone is taken up by whoever meets the tenant next, and nobody needs
 * to look through all tenants.
 */
export class BackgroundMerges {
  readonly #merge: MergeOne;
  readonly #onError: (error: unknown) => void;
  readonly #changes = new Map<UserId, number>();
  /** Tenants that wait, and whether to flush. */
  readonly #waiting = new Map<UserId, boolean>();
  /** How many memories were missing when a repair was last asked for: once is enough for the same loss. */
  readonly #repaired = new Map<UserId, number>();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(merge: MergeOne, onError: (error: unknown) => void) {
    this.#merge = merge;
    this.#onError = onError;
  }

  /** A transaction has changed this many memories of the tenant. */
  noteChange(userId: UserId, memories = 1): void {
    const changes = (this.#changes.get(userId) ?? changesBetweenLooks) + memories;
    this.#changes.delete(userId);
    this.#changes.set(userId, changes < changesBetweenLooks ? changes : 0);
    if (changes >= changesBetweenLooks) this.request(userId);
    forgetOldest(this.#changes);
  }

  /** Looks at the tenant soon. */
  request(userId: UserId, flush = false): void {
    if (this.#closed) return;
    this.#waiting.set(userId, flush || this.#waiting.get(userId) === true);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** So many memories are not in the index, those of an adopted database say: merging what is recent takes them in. */
  requestRepair(userId: UserId, missing: number): void {
    if (this.#repaired.get(userId) === missing) return;
    this.#repaired.set(userId, missing);
    forgetOldest(this.#repaired);
    this.request(userId, true);
  }

  /** Waits until nothing is left to do; tests use it, and measurements. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Ends after the merge that runs; what waits is taken up after the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  async #run(): Promise<void> {
    for (;;) {
      const next = this.#waiting.entries().next().value;
      if (next === undefined || this.#closed) return;
      const [userId, flush] = next;
      this.#waiting.delete(userId);
      await this.#mergeAll(userId, flush);
    }
  }

  async #mergeAll(userId: UserId, flush: boolean): Promise<void> {
    try {
      let outcome = await this.#merge(userId, flush);
      while (outcome.startsWith('merged') && !this.#closed)
        outcome = await this.#merge(userId, flush && outcome === 'merged in part');
    } catch (error) {
      this.#onError(error);
    }
  }
}

function forgetOldest(counts: Map<UserId, number>): void {
  if (counts.size > countedTenants) counts.delete(counts.keys().next().value!);
}
