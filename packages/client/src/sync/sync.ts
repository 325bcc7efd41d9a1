import type { StellarMemoryError } from '../stellar-memory-error.js';
import type { Memory, PatchRequest, StoreRequest } from '../wire.js';
import type { SyncTransport } from './feed.js';
import type { SyncStorage } from './sync-storage.js';
import type { MutationOp, MutationResult } from './sync-wire.js';
import type { WebSocketConstructor } from './web-socket.js';

/** What happened to one memory of the replica. */
export interface SyncChange {
  readonly id: string;
  /** As it is now; absent when it was forgotten. */
  readonly memory: Memory | undefined;
  /** As it was; absent when it is new here. */
  readonly before: Memory | undefined;
  /**
   * `local`: it was done here, and the server may not know yet. `snapshot`: it came with everything else, at the first
   * start or after a reset.
   */
  readonly origin: 'local' | 'server' | 'snapshot';
}

/** What the server did not do, or not all of it. */
export interface SyncRejection {
  readonly op: MutationOp;
  /**
   * `rejected`: why is in `error`. `gone`: the memory was forgotten. `lost`, `merged`: all or some fields were edited
   * later elsewhere and stay so; `lost` names them.
   */
  readonly result: MutationResult;
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
  /** Something that was done here did not stay. Its `change` comes with it, or with the change that won. */
  readonly rejected: SyncRejection;
  /** The server's history is another one than the replica's: everything is read anew. */
  readonly reset: { readonly seq: number };
}

/** How to keep a replica. */
export interface SyncOptions {
  /** Where it outlives this process. Default: memory, where it does not. */
  readonly storage?: SyncStorage | undefined;
  /** Default: `socket`, `stream` where there are none or they do not get through, and `poll` where streams do not. */
  readonly transport?: SyncTransport | undefined;
  /** What sockets are opened with. Default: the platform's; Node before 22 has none. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Who changes memories here. Decides between two changes of the same moment, and of an agent's sockets the last stays. */
  readonly agent?: string | undefined;
  /** Closes the replica. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A replica of the account's memories that follows the server: every change once and in order, across lost
 * connections and restarts of either side. What is done here shows at once and is sent when the server can be reached.
 */
export interface Sync {
  /** The memories as they are here, what was done here included, by id. The same map all the time. */
  readonly memories: ReadonlyMap<string, Memory>;
  /** Number of the last change of the server that is in it. */
  readonly seq: number;
  /** Mutations that are not yet sent, answered and come back. */
  readonly pending: number;
  /** Listens until the returned function is called. What a listener throws closes the replica; `done` rejects with it. */
  on<Name extends keyof SyncEvents>(
    name: Name,
    listener: (fact: SyncEvents[Name]) => void,
  ): () => void;
  /** Stores a memory, offline too. Resolves when it would survive a crash. Zone and score are the server's to say. */
  store(memory: StoreRequest): Promise<{ id: string }>;
  /** Changes a memory: what is absent stays, `null` clears. Errors: `not_found` when it is not here. */
  edit(id: string, changes: PatchRequest): Promise<void>;
  /** Forgets a memory, for good. Errors: `not_found` when it is not here. */
  forget(id: string): Promise<void>;
  /** Resolves when nothing that the server had is missing. Rejects as `done` does. */
  caughtUp(): Promise<void>;
  /** Resolves when nothing is pending. Rejects as `done` does. */
  flushed(): Promise<void>;
  /**
   * Resolves when the replica is closed. Rejects with what made it useless: a key that is refused, a storage that
   * cannot be written.
   */
  readonly done: Promise<void>;
  /** Stops following and sending. What was received and what is pending stays in the storage. */
  close(): Promise<void>;
}
