import type {
  ListQuery,
  ListResponse,
  Memory,
  PatchRequest,
  RecallQuery,
  RecallResponse,
  StatsResponse,
  StoreRequest,
  StoreResponse,
  TimelineQuery,
  TimelineResponse,
} from '@stellar-memory/protocol';
import type { MemoryId, UserId } from '../domain/ids.js';

/** What makes a repeated write answer once: the header, the operation it belongs to, a hash of the body. */
export interface Idempotency {
  /** Value of the Idempotency-Key header. */
  readonly key: string;
  /** Method and path template, for example `POST /api/v1/store`. */
  readonly scope: string;
  /** SHA-256 of the request body, hex. */
  readonly fingerprint: string;
}

/** A memory and the version tag of what was read, for ETag and If-Match. */
export interface VersionedMemory {
  readonly memory: Memory;
  /** Changes with every edit; opaque. */
  readonly etag: string;
}

/**
 * What a user can do with his memories. Every way in (REST, MCP, CLI, sync) calls these.
 *
 * Errors: `not_found` for what is not there or not his; `quota_exceeded` (limit, used) for a full store;
 * `precondition_failed` when `ifMatch` is not the current tag; `idempotency_mismatch` and
 * `idempotency_in_flight` for a repeated key; `unavailable`, `deadline_exceeded` from storage.
 */
export interface MemoryService {
  store(userId: UserId, request: StoreRequest, idempotency?: Idempotency): Promise<StoreResponse>;
  /** All or nothing, in the order given. */
  storeBatch(
    userId: UserId,
    requests: readonly StoreRequest[],
    idempotency?: Idempotency,
  ): Promise<StoreResponse[]>;
  recall(userId: UserId, query: RecallQuery): Promise<RecallResponse>;
  forget(userId: UserId, id: MemoryId, idempotency?: Idempotency): Promise<void>;
  get(userId: UserId, id: MemoryId): Promise<VersionedMemory>;
  patch(
    userId: UserId,
    id: MemoryId,
    patch: PatchRequest,
    options?: { readonly ifMatch?: string; readonly idempotency?: Idempotency },
  ): Promise<VersionedMemory>;
  list(userId: UserId, query: ListQuery): Promise<ListResponse>;
  timeline(userId: UserId, query: TimelineQuery): Promise<TimelineResponse>;
  stats(userId: UserId): Promise<StatsResponse>;
  /** Writes what recalls have counted so far; part of draining. */
  flush(): Promise<void>;
}
