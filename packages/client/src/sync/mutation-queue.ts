import type { Json, Memory } from '../wire.js';
import { afterOp } from './optimistic.js';
import type { StorageWrite } from './sync-storage.js';
import type { Mutation, MutationAck } from './sync-wire.js';

/** A mutation that the replica does not show yet. */
interface Pending {
  readonly key: string;
  readonly mutation: Mutation;
  /** The change that shows it, once the server has committed it. */
  seq?: number | undefined;
}

/** What left the queue. */
export interface Settled {
  /** Ids of the memories that it was about. */
  readonly ids: readonly string[];
  readonly writes: readonly StorageWrite[];
}

const prefix = 'q/';

/**
 * What was done here and is not yet in the replica, in the order in which it was done. A mutation stays from the
 * moment when it was made until the replica has the change that shows it, or the server has refused it.
 */
export class MutationQueue {
  /** By id of the mutation, in their order. */
  readonly #pending = new Map<string, Pending>();
  /** By id of the memory. */
  readonly #about = new Map<string, Pending[]>();
  #made = 0;

  /** A queue as it was committed. What was answered already is sent again: the server answers it as before. */
  constructor(entries: Iterable<readonly [key: string, value: Json]> = []) {
    const kept = [...entries].filter(([key]) => key.startsWith(prefix));
    for (const [key, value] of kept.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      this.#made = Number(key.slice(prefix.length));
      this.#put({ key, mutation: value as unknown as Mutation });
    }
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Ids of the memories that it is about. */
  get ids(): Iterable<string> {
    return this.#about.keys();
  }

  /** Puts a mutation at the end. */
  add(mutation: Mutation): StorageWrite {
    this.#made += 1;
    const key = prefix + String(this.#made).padStart(12, '0');
    this.#put({ key, mutation });
    return [key, mutation as unknown as Json];
  }

  /** The first mutations without an answer: at most so many, and so many characters of JSON, but at least one. */
  unanswered(count: number, characters: number): Mutation[] {
    const batch: Mutation[] = [];
    let length = 0;
    for (const { mutation, seq } of this.#pending.values()) {
      if (seq !== undefined) continue;
      length += JSON.stringify(mutation).length;
      if (batch.length === count || (batch.length > 0 && length > characters)) break;
      batch.push(mutation);
    }
    return batch;
  }

  /** Notes an answer. The mutation stays until the replica has it. */
  ack({ mid, seq }: MutationAck): void {
    const pending = this.#pending.get(mid);
    if (pending !== undefined) pending.seq = seq;
  }

  /** Another history counts otherwise: everything has to be answered anew. */
  forgetAnswers(): void {
    for (const pending of this.#pending.values()) pending.seq = undefined;
  }

  /** Takes out what a replica at this number shows. */
  settle(seq: number): Settled {
    const shown = [...this.#pending.values()].filter(
      (each) => each.seq !== undefined && each.seq <= seq,
    );
    return this.#drop(shown);
  }

  /** Takes out what the server has refused. */
  refuse(mids: readonly string[]): Settled {
    return this.#drop(mids.flatMap((mid) => this.#pending.get(mid) ?? []));
  }

  /** A memory of the replica with what was done here on top. */
  over(id: string, memory: Memory | undefined): Memory | undefined {
    return (this.#about.get(id) ?? []).reduce((seen, { mutation }) => {
      const ops = mutation.ops.filter((op) => op.id === id);
      return ops.reduce((last, op) => afterOp(last, op, secondsOf(mutation)), seen);
    }, memory);
  }

  #put(pending: Pending): void {
    this.#pending.set(pending.mutation.mid, pending);
    for (const id of idsOf(pending)) this.#about.set(id, [...(this.#about.get(id) ?? []), pending]);
  }

  #drop(dropped: readonly Pending[]): Settled {
    const ids = [...new Set(dropped.flatMap(idsOf))];
    for (const { mutation } of dropped) this.#pending.delete(mutation.mid);
    for (const id of ids) {
      const left = (this.#about.get(id) ?? []).filter((each) => !dropped.includes(each));
      if (left.length === 0) this.#about.delete(id);
      else this.#about.set(id, left);
    }
    return { ids, writes: dropped.map(({ key }) => [key]) };
  }
}

const idsOf = ({ mutation }: Pending): string[] => [...new Set(mutation.ops.map(({ id }) => id))];

const secondsOf = ({ hlc }: Mutation): number => Number(hlc.split('.')[0]) / 1000;
