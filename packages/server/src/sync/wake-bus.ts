import type { UserId } from '../domain/ids.js';

/** What a wake tells: memories changed, or who may listen did (a key revoked, an agent let in elsewhere). */
export type WakeKind = 'changed' | 'access';

/** Told of wakes of one tenant. Must not throw. */
export type WakeListener = (kind: WakeKind) => void;

/** One tenant to be woken. */
export interface Wake {
  readonly kind: WakeKind;
  readonly userId: UserId;
}

/** Carries wakes between nodes. May lose some: readers poll. */
export interface WakeChannel {
  publish(wakes: readonly Wake[]): Promise<void>;
}

/** What a bus needs. */
export interface WakeBusOptions {
  /** Absent on a single node. */
  readonly channel?: WakeChannel | undefined;
  /** Milliseconds in which wakes are gathered before they go to the other nodes. Default 5. */
  readonly gatherMs?: number;
  /** Told when wakes could not be sent; polling makes up for them. */
  readonly onError: (error: unknown) => void;
}

/**
 * Wakes whoever waits for a tenant's changes. It carries no data and promises nothing: a wake only makes a reader
 * look earlier than he would have. Sent after commits and never within: NOTIFY inside them cut writes to a third.
 */
export class WakeBus {
  readonly #options: WakeBusOptions;
  readonly #listeners = new Map<UserId, Set<WakeListener>>();
  #outbox = new Map<string, Wake>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: WakeBusOptions) {
    this.#options = options;
  }

  /** Tenants that somebody on this node listens to. */
  get tenants(): UserId[] {
    return [...this.#listeners.keys()];
  }

  /** Calls the listener at every wake of the tenant until the returned function is called. */
  subscribe(userId: UserId, listener: WakeListener): () => void {
    const listeners = this.#listeners.get(userId) ?? new Set();
    this.#listeners.set(userId, listeners);
    listeners.add(listener);
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) this.#listeners.delete(userId);
    };
  }

  /** Wakes listeners here at once and those of other nodes a moment later. */
  wake(userId: UserId, kind: WakeKind = 'changed'): void {
    this.deliver({ userId, kind });
    if (this.#options.channel === undefined) return;
    this.#outbox.set(`${kind} ${userId}`, { userId, kind });
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.gatherMs ?? 5);
  }

  /** Wakes listeners of this node only: what another node said, or a poll has found. */
  deliver({ userId, kind }: Wake): void {
    for (const listener of this.#listeners.get(userId) ?? []) listener(kind);
  }

  /** Sends what is gathered, one message after the other: wakes of meanwhile are gathered on and travel together. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#outbox.size > 0) this.#sending ??= this.#sendAll();
    return this.#sending ?? Promise.resolve();
  }

  async #sendAll(): Promise<void> {
    while (this.#outbox.size > 0) {
      const wakes = [...this.#outbox.values()];
      this.#outbox = new Map();
      try {
        await this.#options.channel?.publish(wakes);
      } catch (error) {
        this.#options.onError(error);
      }
    }
    this.#sending = undefined;
  }
}
