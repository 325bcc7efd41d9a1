import { setTimeout as pause } from 'node:timers/promises';
import type { UserId } from '../../domain/ids.js';
import { EmbedderError } from '../embedders/embedder-error.js';
import type { EmbedOutcome } from './embed-tenant.js';

/** What runs in the background. */
export interface EmbeddingWork {
  /** Embeds the tenant's next batch. */
  next(userId: UserId): Promise<EmbedOutcome>;
  /** Tenants with work, by id, behind this one; at most so many. */
  behind(after: UserId | undefined, limit: number): Promise<readonly UserId[]>;
  /** Told of what went wrong; it is tried again. */
  onError(error: unknown): void;
  /** Milliseconds of the first pause after the provider failed; each next is twice as long, 60 s at most. Default 1,000. */
  readonly firstPauseMs?: number;
}

/** What was done since the start of the node. */
export interface EmbeddingTally {
  embedded: number;
  refused: number;
  /** Batches that the provider failed. */
  failed: number;
}

/** Batches that are with the provider at a time. */
const lanes = 2;
/** Tenants that wait in the node; the others wait in the database. */
const maxWaiting = 10_000;
/** Tenants of one look. */
const lookSize = 500;
const longestPauseMs = 60_000;

/**
 * Embeds in the background, a batch of one tenant after a batch of another. What is left is known from the database
 * alone, so a provider that is down, and a node that dies, only delay it.
 */
export class BackgroundEmbedding {
  readonly tally: EmbeddingTally = { embedded: 0, refused: 0, failed: 0 };
  readonly #work: EmbeddingWork;
  readonly #waiting = new Set<UserId>();
  readonly #ending = new AbortController();
  readonly #lanes = new Set<Promise<void>>();
  #failures = 0;
  #pausedUntilMs = 0;

  constructor(work: EmbeddingWork) {
    this.#work = work;
  }

  /** Aborts when the node ends: requests to the provider may listen. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** The tenant may have something to embed. */
  request(userId: UserId): void {
    if (this.signal.aborted || this.#waiting.size >= maxWaiting) return;
    this.#waiting.add(userId);
    this.#start();
  }

  /** Looks through all tenants for what other nodes and earlier lives left undone. */
  async sweep(): Promise<void> {
    let after: UserId | undefined;
    for (;;) {
      const found = await this.#work.behind(after, lookSize);
      for (const userId of found) this.request(userId);
      after = found.at(-1);
      if (found.length < lookSize || this.signal.aborted || this.#waiting.size >= maxWaiting)
        return;
    }
  }

  /** Waits until nothing waits and nothing runs. */
  async idle(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes);
  }

  /** Ends after what is being written; what waits is taken up after the next start. */
  async close(): Promise<void> {
    this.#ending.abort(new Error('the node ends'));
    await this.idle();
  }

  #start(): void {
    if (this.#waiting.size === 0 || this.#lanes.size >= lanes || this.signal.aborted) return;
    const lane = this.#run().finally(() => {
      this.#lanes.delete(lane);
      // Somebody may have come after the lane had seen that nobody waits.
      this.#start();
    });
    this.#lanes.add(lane);
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#rest();
      const [userId] = this.#waiting;
      if (userId === undefined || this.signal.aborted) return;
      this.#waiting.delete(userId);
      if (await this.#embed(userId)) this.#waiting.add(userId);
    }
  }

  /** One batch; true when there is more to do for the tenant. */
  async #embed(userId: UserId): Promise<boolean> {
    try {
      const { state, embedded, refused } = await this.#work.next(userId);
      this.#failures = 0;
      this.tally.embedded += embedded;
      this.tally.refused += refused;
      return state === 'more' || state === 'lost';
    } catch (error) {
      if (this.signal.aborted) return false;
      this.#work.onError(error);
      if (!(error instanceof EmbedderError)) return false;
      this.tally.failed += 1;
      this.#pause(error.retryAfterMs);
      return true;
    }
  }

  #pause(wishedMs = 0): void {
    const { firstPauseMs = 1_000 } = this.#work;
    const growing = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, Date.now() + Math.max(growing, wishedMs));
  }

  async #rest(): Promise<void> {
    for (;;) {
      const leftMs = this.#pausedUntilMs - Date.now();
      if (leftMs <= 0 || this.signal.aborted) return;
      try {
        await pause(leftMs, undefined, { signal: this.signal, ref: false });
      } catch (error) {
        if (!this.signal.aborted) throw error;
      }
    }
  }
}
