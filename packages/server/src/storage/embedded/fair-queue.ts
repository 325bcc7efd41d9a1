import { StellarError } from '../../domain/stellar-error.js';

interface Place {
  readonly enter: (leave: () => void) => void;
}

/**
 * One at a time, in turns: who waits under the same key is served in order of arrival, and keys take turns,
 * so that a tenant with a thousand requests delays another tenant's single one by one transaction only.
 */
export class FairQueue {
  readonly #lines = new Map<string, Place[]>();
  #taken = false;
  #idle: (() => void)[] = [];

  /**
   * Waits for its turn and returns the function that ends it. Rejects with `unavailable` after `waitMs`.
   */
  enter(key: string, waitMs: number): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const place: Place = {
        enter: (leave) => {
          clearTimeout(timer);
          resolve(leave);
        },
      };
      const timer = setTimeout(() => {
        this.#remove(key, place);
        reject(
          new StellarError('unavailable', {
            detail: 'The database is busy.',
            retryAfterSeconds: 1,
          }),
        );
      }, waitMs);
      this.#line(key).push(place);
      this.#next();
    });
  }

  /** Resolves when nobody is in and nobody waits. */
  async idle(): Promise<void> {
    if (!this.#taken && this.#lines.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #line(key: string): Place[] {
    const line = this.#lines.get(key) ?? [];
    this.#lines.set(key, line);
    return line;
  }

  #remove(key: string, place: Place): void {
    const rest = this.#line(key).filter((other) => other !== place);
    if (rest.length === 0) this.#lines.delete(key);
    else this.#lines.set(key, rest);
  }

  #next(): void {
    if (this.#taken) return;
    // Maps keep insertion order: the first key has waited longest since its last turn.
    const [first] = this.#lines;
    if (first === undefined) {
      for (const resolve of this.#idle.splice(0)) resolve();
      return;
    }
    const [key, line] = first;
    const place = line.shift();
    this.#lines.delete(key);
    if (line.length > 0) this.#lines.set(key, line);
    this.#taken = true;
    place?.enter(this.#leaveOnce());
  }

  #leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#taken = false;
      this.#next();
    };
  }
}
