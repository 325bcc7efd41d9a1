import { type Clock, epochSeconds } from '../domain/clock.js';
import type { UserId } from '../domain/ids.js';
import { addRecalls, type RecallTally } from '../storage/statements/memory-recalls.js';
import { reorbitDue } from '../storage/statements/orbits.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import { memoriesABatch } from './reorbit.js';

/** Memories with unwritten recalls a node holds at most; beyond that a recall writes early. */
const maxHeld = 50_000;

/**
 * Counts recalls in the node and writes them in the background, one statement a tenant,
 * so that a recall's answer never waits for a write. A crash loses at most what was counted since the last flush.
 */
export class RecallTallies {
  readonly #door: TenantDoor;
  readonly #clock: Clock;
  #held = new Map<UserId, Map<string, RecallTally>>();
  /** What is being written: not in the database yet for sure. */
  #writing: ReadonlyMap<UserId, ReadonlyMap<string, RecallTally>> = new Map();
  #size = 0;
  #flushing: Promise<void> | undefined;
  /** Tenants with memories that recalls have raised. */
  readonly #rising = new Set<UserId>();

  constructor(door: TenantDoor, clock: Clock) {
    this.#door = door;
    this.#clock = clock;
  }

  /** Whether so much is held that a flush should not wait for its turn. */
  get full(): boolean {
    return this.#size >= maxHeld;
  }

  /** Counts one recall for each memory that was returned. */
  add(userId: UserId, memoryIds: readonly string[], nowSeconds: number): void {
    for (const memoryId of memoryIds)
      this.#merge(userId, { memoryId, recalls: 1, lastRecalledAt: nowSeconds });
  }

  /** When a memory was last recalled by way of this node, where that may not be written yet; epoch seconds. */
  lastRecalled(userId: UserId, memoryId: string): number | undefined {
    const tally = this.#held.get(userId)?.get(memoryId) ?? this.#writing.get(userId)?.get(memoryId);
    return tally?.lastRecalledAt;
  }

  /** Writes everything counted so far. What cannot be written is kept for the next flush, and the error reported. */
  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    this.#flushing = this.#writeAll();
    try {
      await this.#flushing;
    } finally {
      this.#flushing = undefined;
    }
  }

  async #writeAll(): Promise<void> {
    const held = this.#held;
    this.#held = new Map();
    this.#writing = held;
    this.#size = 0;
    const failures: unknown[] = [];
    for (const [userId, tallies] of held) {
      try {
        await this.#write(userId, [...tallies.values()]);
      } catch (error) {
        failures.push(error);
        for (const tally of tallies.values()) this.#merge(userId, tally);
      }
    }
    this.#writing = new Map();
    failures.push(...(await this.#raise()));
    if (failures.length > 0) throw new AggregateError(failures, 'recalls could not be counted');
  }

  /** What may rise is noted with its recalls, and moved by a transaction of its own. */
  async #write(userId: UserId, tallies: readonly RecallTally[]): Promise<void> {
    const rises = await this.#door.withTenant(userId, (tx) => addRecalls(tx.ending, tallies));
    if (rises === 0) return;
    this.#rising.add(userId);
  }

  /** Moves inward what recalls have raised; a tenant that fails keeps nobody else waiting. Answers the failures. */
  async #raise(): Promise<unknown[]> {
    const now = epochSeconds(this.#clock);
    const failures: unknown[] = [];
    for (const userId of this.#rising) {
      try {
        await this.#door.withTenant(userId, (tx) =>
          reorbitDue(tx.ending, { now, atMost: memoriesABatch, waits: true }),
        );
        this.#rising.delete(userId);
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }

  #merge(userId: UserId, tally: RecallTally): void {
    const tallies = this.#held.get(userId) ?? new Map<string, RecallTally>();
    this.#held.set(userId, tallies);
    const before = tallies.get(tally.memoryId);
    if (before === undefined && this.full) return;
    if (before === undefined) this.#size += 1;
    tallies.set(tally.memoryId, {
      memoryId: tally.memoryId,
      recalls: (before?.recalls ?? 0) + tally.recalls,
      lastRecalledAt: Math.max(before?.lastRecalledAt ?? 0, tally.lastRecalledAt),
    });
  }
}
