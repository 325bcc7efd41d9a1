import { StellarMemoryError } from '../stellar-memory-error.js';
import type { Json, Memory } from '../wire.js';
import { placeOf } from './sync-cursor.js';
import type { StorageWrite } from './sync-storage.js';
import type { ChangeEvent, ChangeOp, ChangesResponse } from './sync-wire.js';

/** What a replica knows beside the memories. */
interface ReplicaState {
  /** Where to go on; absent before the first page. */
  readonly cursor?: string;
  /** Counts snapshots, so that what the last one did not have can be told. */
  readonly generation: number;
  /** Whether a snapshot is being read: memories of earlier generations may be gone. */
  readonly sweeping: boolean;
}

/** What a page did. */
export interface Applied {
  /** Ids of memories that it touched. */
  readonly ids: ReadonlySet<string>;
  /** Ids of the mutations whose effect it brought. */
  readonly mutations: readonly string[];
  /** To be committed as one batch. */
  readonly writes: readonly StorageWrite[];
}

type Kept = readonly [generation: number, memory: Memory];

const stateKey = 'state';
const memoryPrefix = 'm/';

/**
 * The server's memories as far as the feed was read. It takes each change once, in order, and refuses what does not
 * follow. While a snapshot replaces what it has, the old memories stay until the new ones are complete.
 */
export class Replica {
  readonly #memories = new Map<string, Kept>();
  #state: ReplicaState = { generation: 0, sweeping: false };

  /** A replica as it was committed. */
  constructor(entries: Iterable<readonly [key: string, value: Json]> = []) {
    for (const [key, value] of entries) {
      if (key === stateKey) this.#state = value as unknown as ReplicaState;
      else if (key.startsWith(memoryPrefix))
        this.#memories.set(key.slice(memoryPrefix.length), value as unknown as Kept);
    }
  }

  get cursor(): string | undefined {
    return this.#state.cursor;
  }

  /** Number of the last change that it has. */
  get seq(): number {
    return this.cursor === undefined ? 0 : placeOf(this.cursor).seq;
  }

  get ids(): Iterable<string> {
    return this.#memories.keys();
  }

  get(id: string): Memory | undefined {
    return this.#memories.get(id)?.[1];
  }

  /** Takes a page, all of it or nothing. Errors: `sync_gap` when it does not follow on what is here. */
  apply(page: ChangesResponse): Applied {
    const touched = page.mode === 'delta' ? this.#applyEvents(page) : this.#applySnapshot(page);
    const ids = new Set(touched.ids);
    return {
      ids,
      mutations: touched.mutations,
      writes: [...[...ids].map((id) => this.#writeOf(id)), [stateKey, asJson(this.#state)]],
    };
  }

  #applyEvents({ events, head, more }: ChangesResponse): Touched {
    const { cursor, sweeping } = this.#state;
    if (cursor === undefined || sweeping)
      throw gap('The server sent changes to a replica that has no whole snapshot.');
    const fresh = following(this.seq, events);
    const last = fresh.at(-1);
    const reached = last?.to ?? this.seq;
    if (events.length === 0 && !more && head !== reached)
      throw gap(`The server is at change ${head} and this replica at ${reached}.`);
    this.#state = { ...this.#state, cursor: last?.cursor ?? cursor };
    return {
      ids: fresh.flatMap(({ ops }) => ops.map((op) => this.#applyOp(op))),
      mutations: fresh.flatMap(({ mut }) => mut ?? []),
    };
  }

  #applySnapshot({ mode, memories, cursor }: ChangesResponse): Touched {
    const place = placeOf(cursor);
    const begins = mode === 'reset' || this.cursor === undefined;
    if (!begins && !(this.#state.sweeping && place.seq === this.seq))
      throw gap('The server sent a snapshot that this replica did not ask for.');
    const generation = this.#state.generation + (begins ? 1 : 0);
    this.#state = { cursor, generation, sweeping: true };
    const ids = memories.map((memory) => this.#applyOp({ op: 'put', memory }));
    return { ids: place.unfinished ? ids : [...ids, ...this.#sweep()], mutations: [] };
  }

  #applyOp(op: ChangeOp): string {
    if (op.op === 'put') {
      this.#memories.set(op.memory.id, [this.#state.generation, op.memory]);
      return op.memory.id;
    }
    this.#memories.delete(op.id);
    return op.id;
  }

  /** Drops what the snapshot did not have. */
  #sweep(): string[] {
    const { generation } = this.#state;
    const gone = [...this.#memories].filter(([, [of]]) => of < generation).map(([id]) => id);
    for (const id of gone) this.#memories.delete(id);
    this.#state = { ...this.#state, sweeping: false };
    return gone;
  }

  #writeOf(id: string): StorageWrite {
    const kept = this.#memories.get(id);
    return kept === undefined ? [memoryPrefix + id] : [memoryPrefix + id, asJson(kept)];
  }
}

interface Touched {
  readonly ids: readonly string[];
  readonly mutations: readonly string[];
}

/** The changes that are new at this number. Errors: `sync_gap` when one is missing before them. */
function following(seq: number, events: readonly ChangeEvent[]): ChangeEvent[] {
  let at = seq;
  return events.filter(({ from, to }) => {
    if (to <= at) return false;
    if (from !== at) throw gap(`Change ${to} follows ${from}, but this replica is at ${at}.`);
    at = to;
    return true;
  });
}

const gap = (detail: string): StellarMemoryError => new StellarMemoryError('sync_gap', { detail });

/** Interfaces of JSON values are no index types to the compiler, but they are JSON. */
const asJson = (value: object): Json => value as unknown as Json;
