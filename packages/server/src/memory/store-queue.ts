import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { DatabaseError } from '../storage/database-error.js';

/** Stores that share one transaction at most. Above ~50 the gain is flat and a failure costs more. */
export const groupSize = 50;
/** Stores of one tenant that may wait in a node before it says busy. */
const maxWaiting = 1_000;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes a group in one transaction, answering one result an item, or `undefined` when not all of them fit. */
export type WriteGroup<Item, Result> = (
  userId: UserId,
  items: readonly Item[],
) => Promise<Result[] | undefined>;

/**
 * Group commit: one tenant's stores wait for each other's transaction anyway (the counter row serialises them),
 * so those that arrive meanwhile share the next one. A store that meets no other goes at once.
 * Every caller is answered after the commit that holds his item.
 */
export class StoreQueue<Item, Result> {
  readonly #waiting = new Map<UserId, Waiting<Item, Result>[]>();
  readonly #write: WriteGroup<Item, Result>;

  constructor(write: WriteGroup<Item, Result>) {
    this.#write = write;
  }

  /** Errors: what the write throws; `unavailable` when too many stores of the tenant wait already. */
  add(userId: UserId, item: Item): Promise<Result> {
    return this.addAll(userId, [item])[0]!;
  }

  /** The same for items that arrive together: they keep their order, and go together as far as a group holds them. */
  addAll(userId: UserId, items: readonly Item[]): Promise<Result>[] {
    const waiting = this.#waiting.get(userId);
    if (waiting !== undefined && waiting.length + items.length > maxWaiting)
      return items.map(() =>
        Promise.reject(new StellarError('unavailable', { retryAfterSeconds: 1 })),
      );
    const entries: Waiting<Item, Result>[] = [];
    const results = items.map(
      (item) =>
        new Promise<Result>((resolve, reject) => void entries.push({ item, resolve, reject })),
    );
    if (waiting !== undefined) waiting.push(...entries);
    else {
      this.#waiting.set(userId, entries);
      void this.#drain(userId);
    }
    return results;
  }

  async #drain(userId: UserId): Promise<void> {
    for (;;) {
      const group = this.#waiting.get(userId)?.splice(0, groupSize) ?? [];
      if (group.length === 0) break;
      await this.#settle(userId, group);
    }
    this.#waiting.delete(userId);
  }

  async #settle(userId: UserId, group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#write(
        userId,
        group.map((entry) => entry.item),
      );
      if (results === undefined) await this.#settleApart(userId, group);
      else for (const [index, entry] of group.entries()) entry.resolve(results[index]!);
    } catch (error) {
      // The database refused the group as a whole, so nothing of it was written: find the item at fault.
      if (group.length > 1 && error instanceof DatabaseError)
        await this.#settleApart(userId, group);
      else for (const entry of group) entry.reject(error);
    }
  }

  async #settleApart(userId: UserId, group: readonly Waiting<Item, Result>[]): Promise<void> {
    for (const entry of group) {
      if (group.length === 1) entry.reject(new Error('a group of one was refused'));
      else await this.#settle(userId, [entry]);
    }
  }
}
