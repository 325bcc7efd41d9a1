import type { ErrorCode } from '../error-codes.js';
import type { Memory, PatchRequest, StoreRequest } from '../wire.js';

/**
 * What the feed and offline writes send, beside `../wire.ts` and proved equal to the server's schemas like it.
 */

/** What a change did to one memory. */
export type ChangeOp = { op: 'put'; memory: Memory } | { op: 'forget'; id: string };

/** One transaction that changed memories. */
export interface ChangeEvent {
  /** Number of the change before: what a reader must be at. */
  from: number;
  /** Number of this change. */
  to: number;
  /** Where to go on after it. */
  cursor: string;
  /** Seconds since the Unix epoch. */
  at: number;
  /** Memories as they are now; empty when all of them were forgotten since. */
  ops: ChangeOp[];
  /** Id of the mutation that made it, when it was one alone. */
  mut?: string | undefined;
  /** Agents that made it, 10 at most, as far as they said who they are. */
  by?: string[] | undefined;
}

/** A page of the feed. */
export interface ChangesResponse {
  /** delta: apply the events. snapshot: keep the memories. reset: what you have is of another history. */
  mode: 'delta' | 'snapshot' | 'reset';
  cursor: string;
  /** Number of the tenant's last change. */
  head: number;
  events: ChangeEvent[];
  memories: Memory[];
  /** Whether to ask again at once. */
  more: boolean;
}

/** Whatever the server says over a socket; what this client has no use for is left out. */
export type ServerFrame =
  /** The answer to `hello`. */
  | { t: 'welcome' }
  /** The answer to a mutation, which this client sends by request. */
  | { t: 'ack' }
  /** A page of everything there is. */
  | {
      t: 'snapshot';
      /** Drop what you hold before you keep these. */
      first: boolean;
      memories: Memory[];
      cursor: string;
      more: boolean;
    }
  | ({ t: 'ev' } & ChangeEvent)
  /** Everything there is at this moment has come. */
  | { t: 'sync'; seq: number }
  /** The server lives. */
  | { t: 'hb'; head: number }
  /** The server goes; come back in so many milliseconds. */
  | { t: 'bye'; retry_in: number }
  | { t: 'error'; code: string };

/** What a mutation does to one memory. */
export type MutationOp =
  /** `id`: a lower-case UUID that the client made. */
  | { op: 'store'; id: string; memory: StoreRequest }
  | { op: 'edit'; id: string; set: PatchRequest }
  | { op: 'forget'; id: string };

/** What happened at one moment on one replica. */
export interface Mutation {
  /** Unique within the account; sent again, it is answered as before. */
  mid: string;
  /** Hybrid logical clock: milliseconds since the Unix epoch, a point, a counter. */
  hlc: string;
  /** Who made it; decides between equal times. */
  agent?: string | undefined;
  ops: MutationOp[];
}

/** Fields of a memory that are merged one by one: of each the later edit stays. */
export type MemoryField = keyof PatchRequest;

/** What became of one operation. */
export interface MutationResult {
  /** merged: some fields were edited later elsewhere and stay. lost: all of them. gone: the memory was forgotten. */
  result: 'applied' | 'merged' | 'dup' | 'lost' | 'gone' | 'rejected';
  id?: string | undefined;
  /** Fields whose edit did not stay. */
  lost?: MemoryField[] | undefined;
  /** Why it was rejected. */
  error?:
    | {
        code: ErrorCode;
        detail: string;
        limit?: number | undefined;
        used?: number | undefined;
      }
    | undefined;
}

/** The answer to a mutation: it is committed. */
export interface MutationAck {
  mid: string;
  /** The change that made it visible: a reader who is there has it. */
  seq: number;
  /** One for each operation. */
  results: MutationResult[];
}

/** Answers in the order sent. */
export interface MutationsResponse {
  /** The server's clock. */
  hlc: string;
  acks: MutationAck[];
}
