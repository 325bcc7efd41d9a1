import type { Json, Memory } from '../wire.js';
import { type ClockState, newClock, observe, stampOf, tick } from './hybrid-clock.js';
import { MutationQueue } from './mutation-queue.js';
import { timeOrderedId } from './random-ids.js';
import { Replica } from './replica.js';
import type { StorageWrite } from './sync-storage.js';
import type { Mutation, MutationOp } from './sync-wire.js';

const clockKey = 'clock';

/** A memory that is seen otherwise than before. */
export interface Difference {
  readonly id: string;
  readonly before: Memory | undefined;
  readonly memory: Memory | undefined;
}

/** The memories as they are seen here: the replica, with what was done here on top. */
export class LocalView {
  readonly memories = new Map<string, Memory>();
  readonly replica: Replica;
  readonly queue: MutationQueue;
  #clock: ClockState;

  /** A view as it was committed. */
  constructor(entries: readonly (readonly [key: string, value: Json])[]) {
    this.replica = new Replica(entries);
    this.queue = new MutationQueue(entries);
    const clock = entries.find(([key]) => key === clockKey)?.[1];
    this.#clock = clock === undefined ? newClock : (clock as unknown as ClockState);
    this.refresh([...this.replica.ids, ...this.queue.ids]);
  }

  /** Brings what is seen of these memories up to date. */
  refresh(ids: Iterable<string>): Difference[] {
    return [...new Set(ids)].flatMap((id) => {
      const before = this.memories.get(id);
      const memory = this.queue.over(id, this.replica.get(id));
      if (JSON.stringify(before) === JSON.stringify(memory)) return [];
      if (memory === undefined) this.memories.delete(id);
      else this.memories.set(id, memory);
      return [{ id, before, memory }];
    });
  }

  /** Stamps an operation and queues it. Nothing is seen of it before `refresh`. */
  perform(op: MutationOp, agent: string | undefined, nowMs: number): StorageWrite[] {
    this.#clock = tick(this.#clock, nowMs);
    const stamped = { mid: timeOrderedId(nowMs), hlc: stampOf(this.#clock), ops: [op] };
    const mutation: Mutation = agent === undefined ? stamped : { ...stamped, agent };
    return [this.queue.add(mutation), this.#clockWrite()];
  }

  /** Learns the server's time. */
  observe(serverTime: string, nowMs: number): StorageWrite {
    this.#clock = observe(this.#clock, serverTime, nowMs);
    return this.#clockWrite();
  }

  #clockWrite(): StorageWrite {
    return [clockKey, this.#clock as unknown as Json];
  }
}
