import type { UserId } from '../../domain/ids.js';
import type { MergeOutcome } from './merge-tenant.js';

/** Changes of a tenant that a node lets pass before it looks again whether a merge is due: one small read. */
const changesBetweenLooks = 64;
/** Tenants whose changes a node counts; the others are looked at again at their next change. */
const countedTenants = 10_000;

/** What runs in the background. */
export interface BackgroundWork {
  /** Merges one tenant if that is due; `flush` takes recent documents however few they are. */
  merge(userId: UserId, flush: boolean): Promise<MergeOutcome>;
  /** Takes out of the index what is no memory any more. */
  buryLost(userId: UserId): Promise<void>;
  /** Told of what went wrong; it is tried again after the tenant's next changes. */
  onError(error: unknown): void;
}

/**
 * Merges in the background, one tenant at a time, whoever was touched on this node. The first touch after a start
 * always looks, so that what a crashed node left undone is taken up by whoever meets the tenant next, and nobody needs
 * to look through all tenants.
 */
export class BackgroundMerges {
  readonly #work: BackgroundWork;
  readonly #changes = new Map<UserId, number>();
  /** Tenants that wait, and whether for a repair. */
  readonly #waiting = new Map<UserId, boolean>();
  /** The difference when a repair was last asked for: once is enough for the same one. */
  readonly #repaired = new Map<UserId, number>();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(work: BackgroundWork) {
    this.#work = work;
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
  request(userId: UserId, repair = false): void {
    if (this.#closed) return;
    this.#waiting.set(userId, repair || this.#waiting.get(userId) === true);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /**
   * The tenant has so many more memories than documents, or fewer: those of an adopted database came without entries,
   * and v1 beside us deletes without a word to the index. Merging what is recent takes in what is missing.
   */
  requestRepair(userId: UserId, difference: number): void {
    if (this.#repaired.get(userId) === difference) return;
    this.#repaired.set(userId, difference);
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
      const [userId, repair] = next;
      this.#waiting.delete(userId);
      await this.#lookAt(userId, repair);
    }
  }

  async #lookAt(userId: UserId, repair: boolean): Promise<void> {
    try {
      if (repair) await this.#work.buryLost(userId);
      let outcome = await this.#work.merge(userId, repair);
      while (outcome.startsWith('merged') && !this.#closed)
        outcome = await this.#work.merge(userId, repair && outcome === 'merged in part');
    } catch (error) {
      this.#work.onError(error);
    }
  }
}

function forgetOldest(counts: Map<UserId, number>): void {
  if (counts.size > countedTenants) counts.delete(counts.keys().next().value!);
}
