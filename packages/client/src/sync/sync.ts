import type { StellarMemoryError } from '../stellar-memory-error.js';
import type { Memory } from '../wire.js';
import type { SyncTransport } from './feed.js';
import type { SyncStorage } from './sync-storage.js';

/** What happened to one memory of the replica. */
export interface SyncChange {
  readonly id: string;
  /** As it is now; absent when it was forgotten. */
  readonly memory: Memory | undefined;
  /** As it was; absent when it is new here. */
  readonly before: Memory | undefined;
  /** `snapshot`: it came with everything else, at the first start or after a reset. */
  readonly origin: 'server' | 'snapshot';
}

/** What a replica tells, and with which fact. */
export interface SyncEvents {
  /** A memory is another one now. Together they make the replica out of nothing. */
  readonly change: SyncChange;
  /** Nothing that the server had is missing here. Once for each time that something was. */
  readonly 'caught-up': { readonly seq: number };
  /** The connection was lost or could not be made; it is tried again. Once until `online`. */
  readonly offline: { readonly error: StellarMemoryError };
  /** The server answers. */
  readonly online: { readonly seq: number };
  /** The server's history is another one than the replica's: everything is read anew. */
  readonly reset: { readonly seq: number };
}

/** How to keep a replica. */
export interface SyncOptions {
  /** Where it outlives this process. Default: memory, where it does not. */
  readonly storage?: SyncStorage | undefined;
  /** Default: `stream`, and `poll` where a stream does not get through. */
  readonly transport?: SyncTransport | undefined;
  /** Closes the replica. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A replica of the account's memories that follows the server: every change once and in order, across lost
 * connections and restarts of either side.
 */
export interface Sync {
  /** The memories as they are here, by id. The same map all the time. */
  readonly memories: ReadonlyMap<string, Memory>;
  /** Number of the last change that is in it. */
  readonly seq: number;
  /** Listens until the returned function is called. What a listener throws closes the replica; `done` rejects with it. */
  on<Name extends keyof SyncEvents>(
    name: Name,
    listener: (fact: SyncEvents[Name]) => void,
  ): () => void;
  /** Resolves when nothing that the server had is missing. Rejects as `done` does. */
  caughtUp(): Promise<void>;
  /**
   * Resolves when the replica is closed. Rejects with what made it useless: a key that is refused, a storage that
   * cannot be written.
   */
  readonly done: Promise<void>;
  /** Stops following. What was received stays in the storage. */
  close(): Promise<void>;
}
