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
  #wake: (() => void) | undefined;

  constructor(bus: WakeBus, userId: UserId) {
    this.#unsubscribe = bus.subscribe(userId, () => {
      this.#woken = true;
      this.#wake?.();
    });
  }

  /** Ends at once when there was a wake since the last wait. */
  next(timeoutMs: number, signal: AbortSignal): Promise<WaitEnd> {
    return new Promise((resolve) => {
      const end = (reason: WaitEnd): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#wake = undefined;
        if (reason === 'woken') this.#woken = false;
        resolve(reason);
      };
      const abort = (): void => end('aborted');
      const timer = setTimeout(() => end('timeout'), timeoutMs);
      if (signal.aborted) return abort();
      if (this.#woken) return end('woken');
      signal.addEventListener('abort', abort);
      this.#wake = () => end('woken');
    });
  }

  close(): void {
    this.#unsubscribe();
  }
}
