import type { Clock } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';

/** Requests of one tenant that begin in one turn of the event loop while others are served too. */
export const startsPerTurn = 1;
/** Milliseconds after another tenant's request in which a tenant is not alone in the node. */
const sharedForMs = 1_000;
/** Requests of one tenant that may wait for a turn: the number bounds the time. */
export const mostWaiting = 256;

/**
 * Lets every tenant begin one request in each turn of the event loop, so that a hundred at once of one tenant lie
 * beside the others' and not before them. A tenant who is alone in the node waits for nothing, and nobody waits for
 * a turn in which there is nothing else to do. Nothing is held while a request runs, so nothing can leak.
 */
export class FairTurns {
  readonly #clock: Clock;
  /** Those who wait, by tenant, each in the order in which they came. */
  readonly #waiting = new Map<UserId, (() => void)[]>();
  #last: UserId | undefined;
  #sharedUntilMs = 0;
  #roundIsDue = false;
  #held = 0;
  #refused = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when a request of that tenant may begin. Errors: `rate_limited` when too many of his wait already. */
  async take(userId: UserId): Promise<void> {
    if (!this.#isShared(userId)) return;
    const line = this.#waiting.get(userId) ?? [];
    if (line.length >= mostWaiting) throw this.#refusal();
    this.#waiting.set(userId, line);
    this.#roundSoon();
    if (line.length >= startsPerTurn) this.#held += 1;
    await new Promise<void>((resolve) => void line.push(resolve));
  }

  /** Lines for `/metrics`. */
  metrics(): readonly string[] {
    const waiting = [...this.#waiting.values()].reduce((sum, line) => sum + line.length, 0);
    return [
      '# TYPE stellar_turns_waiting gauge',
      `stellar_turns_waiting ${waiting}`,
      '# HELP stellar_turns_held_total Requests that waited a turn or more for others of their tenant.',
      '# TYPE stellar_turns_held_total counter',
      `stellar_turns_held_total ${this.#held}`,
      '# TYPE stellar_turns_refused_total counter',
      `stellar_turns_refused_total ${this.#refused}`,
    ];
  }

  /** Whether requests of more than one tenant came within the last second. */
  #isShared(userId: UserId): boolean {
    const nowMs = this.#clock.nowMs();
    if (userId !== this.#last) {
      if (this.#last !== undefined) this.#sharedUntilMs = nowMs + sharedForMs;
      this.#last = userId;
    }
    return nowMs < this.#sharedUntilMs;
  }

  #roundSoon(): void {
    if (this.#roundIsDue) return;
    this.#roundIsDue = true;
    setImmediate(() => this.#round());
  }

  #round(): void {
    this.#roundIsDue = false;
    for (const [userId, line] of this.#waiting) {
      for (const begin of line.splice(0, startsPerTurn)) begin();
      if (line.length === 0) this.#waiting.delete(userId);
    }
    if (this.#waiting.size > 0) this.#roundSoon();
  }

  #refusal(): StellarError {
    this.#refused += 1;
    return new StellarError('rate_limited', {
      detail: `More than ${mostWaiting} requests of this account wait at once.`,
      retryAfterSeconds: 1,
    });
  }
}
