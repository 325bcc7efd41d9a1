import type { UserId } from '../../domain/ids.js';
import type { ChatModel, ChatPrompt } from './chat-model.js';

/** How a model is shared. */
export interface SharedModelOptions {
  readonly model: ChatModel;
  /** Told of failures. */
  readonly onError: (error: unknown) => void;
  /** Requests to it at once from this node. Default 8. */
  readonly atOnce?: number;
  /** The same for one tenant, so that none takes it all. Default 2. */
  readonly atOnceEach?: number;
  /** Milliseconds that a model which failed is not asked again. Default 10,000. */
  readonly pauseMs?: number;
}

/**
 * A model that all tenants share: a few requests at once, fewer for each, and none for a while after a failure, so
 * that nobody waits for what is down. Whoever is not served is told so at once and does without.
 */
export class SharedModel {
  readonly #options: SharedModelOptions;
  readonly #asking = new Map<UserId, number>();
  #total = 0;
  #pausedUntilMs = 0;

  constructor(options: SharedModelOptions) {
    this.#options = options;
  }

  /** What the model wrote; `undefined` when it is busy, resting or failed. */
  async write(userId: UserId, prompt: ChatPrompt): Promise<string | undefined> {
    if (!this.#isFree(userId)) return undefined;
    this.#count(userId, 1);
    try {
      return await this.#options.model.write(prompt);
    } catch (error) {
      this.#pausedUntilMs = Date.now() + (this.#options.pauseMs ?? 10_000);
      this.#options.onError(error);
      return undefined;
    } finally {
      this.#count(userId, -1);
    }
  }

  #isFree(userId: UserId): boolean {
    const { atOnce = 8, atOnceEach = 2 } = this.#options;
    if (Date.now() < this.#pausedUntilMs || this.#total >= atOnce) return false;
    return (this.#asking.get(userId) ?? 0) < atOnceEach;
  }

  #count(userId: UserId, change: 1 | -1): void {
    this.#total += change;
    const asking = (this.#asking.get(userId) ?? 0) + change;
    if (asking === 0) this.#asking.delete(userId);
    else this.#asking.set(userId, asking);
  }
}
