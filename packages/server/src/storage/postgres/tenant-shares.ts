import type { UserId } from '../../domain/ids.js';
import { StellarError } from '../../domain/stellar-error.js';

interface Line {
  underWay: number;
  readonly waiting: (() => void)[];
}

/** Connections that one tenant may have at a time of a pool of so many: with fewer than two nothing could overlap. */
export const shareOf = (poolSize: number): number =>
  Math.min(poolSize, Math.max(2, Math.floor(poolSize * 0.4)));

/**
 * Keeps most of the pool free of any one tenant: his transactions beyond his share wait for his own to end, in order,
 * and so are behind nobody else and nobody else behind them.
 */
export class TenantShares {
  readonly #most: number;
  readonly #waitMs: number;
  readonly #lines = new Map<UserId, Line>();

  /** `waitMs` milliseconds are waited at most. */
  constructor(most: number, waitMs: number) {
    this.#most = most;
    this.#waitMs = waitMs;
  }

  /** Tenants with something under way. */
  get size(): number {
    return this.#lines.size;
  }

  /** Answers what gives it back. Errors: `unavailable` when the tenant's own transactions did not end in time. */
  async take(userId: UserId): Promise<() => void> {
    const line = this.#lines.get(userId) ?? { underWay: 0, waiting: [] };
    this.#lines.set(userId, line);
    if (line.underWay >= this.#most) await this.#wait(line);
    else line.underWay += 1;
    return () => this.#giveBack(userId, line);
  }

  #wait(line: Line): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        line.waiting.splice(line.waiting.indexOf(begin), 1);
        reject(
          new StellarError('unavailable', {
            detail: 'Too much of this account is under way.',
            retryAfterSeconds: 1,
          }),
        );
      }, this.#waitMs);
      line.waiting.push(begin);
    });
  }

  /** Passes the place on to who waits, or gives it up. */
  #giveBack(userId: UserId, line: Line): void {
    const next = line.waiting.shift();
    if (next !== undefined) return next();
    line.underWay -= 1;
    if (line.underWay === 0) this.#lines.delete(userId);
  }
}
