import type {
  ListQuery,
  ListResponse,
  Memory,
  MemoryOrbit,
  Mutation,
  MutationsResponse,
  PatchRequest,
  RecallBatchQuery,
  RecallContextQuery,
  RecallContextResponse,
  RecallQuery,
  RecallResponse,
  ReorbitResponse,
  StatsResponse,
  StoreRequest,
  StoreResponse,
  TimelineQuery,
  TimelineResponse,
  MemoryInOrbit as WireMemoryInOrbit,
} from '@stellar-memory/protocol';
import type { MemoryId, UserId } from '../domain/ids.js';
import type { GrowthUsage } from '../storage/statements/store-memories.js';

/** What makes a repeated write answer once: the header, the operation it belongs to, a hash of the body. */
export interface Idempotency {
  /** Value of the Idempotency-Key header. */
  readonly key: string;
  /** Method and path template, for example `POST /api/v1/store`. */
  readonly scope: string;
  /** SHA-256 of the request body, hex. */
  readonly fingerprint: string;
}

/** How much is used of what stores make grow. A limit of `null` is unlimited. */
export type StoreUsage = GrowthUsage;

/** A memory and the version tag of what was read, for ETag and If-Match. */
export interface VersionedMemory {
  readonly memory: Memory;
  /** Changes with every edit; opaque. */
  readonly etag: string;
}

type MemoryLinks = WireMemoryInOrbit['links'];

/** A memory with where it is on its way. */
export interface MemoryInOrbit extends VersionedMemory {
  readonly orbit: MemoryOrbit;
  /** What it was found to nearly say the same as, or to contradict. */
  readonly links: MemoryLinks;
}

/** What forgetting takes besides. */
export interface ForgetOptions {
  /** Another agent's memory is as one that is not there. */
  readonly agentId?: string;
  /** Erases it at once, and also when it was forgotten before. */
  readonly permanent?: boolean;
  /** Hears what is in use afterwards, unless the answer is a repeated one. */
  readonly onUsage?: (usage: StoreUsage) => void;
}

/** What an edit takes besides. */
export interface PatchOptions {
  /** The tag that the memory must still have. */
  readonly ifMatch?: string;
  readonly idempotency?: Idempotency;
  /** Another agent's memory is as one that is not there. */
  readonly agentId?: string;
  /** Hears what is in use afterwards, unless the answer is a repeated one. */
  readonly onUsage?: (usage: StoreUsage) => void;
}

/** A page of a recall. */
export interface RecallPage {
  readonly items: RecallResponse;
  /** For the query that goes on behind it; `undefined` on the last page. */
  readonly nextCursor: string | undefined;
}

/** Told when an embedder is configured but failed, so that words alone decided. */
export type OnWordsOnly = () => void;

/**
 * What a user can do with his memories. Every way in (REST, MCP, CLI, sync) calls these.
 *
 * Errors: `not_found` for what is not there or not his; `quota_exceeded` (limit, used) for a full store;
 * `precondition_failed` when `ifMatch` is not the current tag; `idempotency_mismatch` and
 * `idempotency_in_flight` for a repeated key; `unavailable`, `deadline_exceeded` from storage.
 */
export interface MemoryService {
  /** `onUsage` hears what is in use afterwards, unless the answer is a repeated one. */
  store(
    userId: UserId,
    request: StoreRequest,
    idempotency?: Idempotency,
    onUsage?: (usage: StoreUsage) => void,
  ): Promise<StoreResponse>;
  /** All or nothing, in the order given. */
  storeBatch(
    userId: UserId,
    requests: readonly StoreRequest[],
    idempotency?: Idempotency,
    onUsage?: (usage: StoreUsage) => void,
  ): Promise<StoreResponse[]>;
  recall(userId: UserId, query: RecallQuery): Promise<RecallResponse>;
  /** The same, with the cursor of what comes next. */
  recallPage(userId: UserId, query: RecallQuery, onWordsOnly?: OnWordsOnly): Promise<RecallPage>;
  /** Several recalls in one transaction; what is returned counts once. Answers are in the order of the queries. */
  recallBatch(
    userId: UserId,
    queries: readonly RecallBatchQuery[],
    onWordsOnly?: OnWordsOnly,
  ): Promise<RecallResponse[]>;
  /** The best memories as a text within a budget of tokens; what is in the text counts as recalled. */
  recallContext(
    userId: UserId,
    query: RecallContextQuery,
    onWordsOnly?: OnWordsOnly,
  ): Promise<RecallContextResponse>;
  forget(
    userId: UserId,
    id: MemoryId,
    idempotency?: Idempotency,
    options?: ForgetOptions,
  ): Promise<void>;
  get(userId: UserId, id: MemoryId): Promise<MemoryInOrbit>;
  patch(
    userId: UserId,
    id: MemoryId,
    patch: PatchRequest,
    options?: PatchOptions,
  ): Promise<VersionedMemory>;
  /**
   * Merges what clients did, each mutation once: a repeated one is answered as before. One result an operation; what
   * cannot be done is `rejected` there, and the others go on. Answers after the commit.
   *
   * @param options `agentId`: another agent's memory is as one that is not there; `credentialId`: the key or session
   * that must still hold within the transaction, or it is `unauthorized`; `onUsage` hears what is in use afterwards,
   * unless all answers are repeated ones
   */
  mutate(
    userId: UserId,
    mutations: readonly Mutation[],
    options?: {
      readonly agentId?: string;
      readonly credentialId?: string | undefined;
      readonly onUsage?: (usage: StoreUsage) => void;
    },
  ): Promise<MutationsResponse>;
  list(userId: UserId, query: ListQuery): Promise<ListResponse>;
  timeline(userId: UserId, query: TimelineQuery): Promise<TimelineResponse>;
  stats(userId: UserId): Promise<StatsResponse>;
  /** Moves every memory that is due into its zone, as the sweep does within a minute. */
  reorbit(userId: UserId): Promise<ReorbitResponse>;
  /** Writes what recalls have counted so far; part of draining. */
  flush(): Promise<void>;
}
