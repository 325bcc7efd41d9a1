import type { UserId } from '../domain/ids.js';
import type { WakeBus } from './wake-bus.js';

/** Why a wait ended. */
export type WaitEnd = 'woken' | 'timeout' | 'aborted';

/**
 * Waits for a tenant's changes. It listens from the moment it is made, so that a change between a read and the wait
 * for the next one is not missed.
 */
export class Waiter {
  readonly #unsubscribe: () => void;
  #woken = false;
  /** Where the feed stands, as somebody said who looked. */
  #head: number | undefined;
  #wake: (() => void) | undefined;

  constructor(bus: WakeBus, userId: UserId) {
    this.#unsubscribe = bus.subscribe(userId, (_, head) => {
      if (head === undefined) this.#woken = true;
      else this.#head = head;
      this.#wake?.();
    });
  }

  /**
   * Ends at once when there was a wake since the last wait.
   *
   * @param reached the last change that was read: a wake that names it says nothing new
   */
  next(reached: number, timeoutMs: number, signal: AbortSignal): Promise<WaitEnd> {
    // Another number, not a higher one: a database may have been set back.
    const isBehind = (): boolean =>
      this.#woken || (this.#head !== undefined && this.#head !== reached);
    return new Promise((resolve) => {
      const end = (reason: WaitEnd): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#wake = undefined;
        if (reason === 'woken') this.#woken = false;
        this.#head = undefined;
        resolve(reason);
      };
      const abort = (): void => end('aborted');
      const timer = setTimeout(() => end('timeout'), timeoutMs);
      if (signal.aborted) return abort();
      if (isBehind()) return end('woken');
      signal.addEventListener('abort', abort);
      this.#wake = () => {
        if (isBehind()) end('woken');
      };
    });
  }

  close(): void {
    this.#unsubscribe();
  }
}
