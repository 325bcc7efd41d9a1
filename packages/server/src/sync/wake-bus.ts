import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { UserId } from '../domain/ids.js';

/** What a wake tells: memories changed, or who may listen did (a key revoked, an agent let in elsewhere). */
export type WakeKind = 'changed' | 'access';

/** Told of wakes of one tenant, with the head where it is known. Must not throw. */
export type WakeListener = (kind: WakeKind, head?: number) => void;

/** One tenant to be woken. */
export interface Wake {
  readonly kind: WakeKind;
  readonly userId: UserId;
  /** Number of the tenant's last change: who has it need not look. Absent where it is not known. */
  readonly head?: number;
}

/** Carries wakes between nodes. May lose some: readers poll. */
export interface WakeChannel {
  publish(wakes: readonly Wake[]): Promise<void>;
}

/** What a bus needs. */
export interface WakeBusOptions {
  /** Absent on a single node. */
  readonly channel?: WakeChannel | undefined;
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

  /** Wakes listeners here at once and those of other nodes as soon as a message can leave. */
  wake(userId: UserId, kind: WakeKind = 'changed'): void {
    this.deliver({ userId, kind });
    if (this.#options.channel === undefined) return;
    this.#outbox.set(`${kind} ${userId}`, { userId, kind });
    this.#sending ??= this.#sendAll();
  }

  /** Wakes listeners of this node only: what another node said, or a poll has found. */
  deliver({ userId, kind, head }: Wake): void {
    for (const listener of this.#listeners.get(userId) ?? []) listener(kind, head);
  }

  /** Resolves when everything that was to be sent has been. */
  flush(): Promise<void> {
    return this.#sending ?? Promise.resolve();
  }

  /**
   * One message after the other: the first leaves as soon as the turn of the event loop ends, and what comes while it is
   * under way travels together in the next.
   */
  async #sendAll(): Promise<void> {
    await endOfTurn();
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
