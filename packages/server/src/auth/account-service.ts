import type {
  ApiKey,
  CreateApiKeyRequest,
  CreatedApiKey,
  CreatedUser,
  CreateUserRequest,
  ErasureList,
  ErasureResponse,
  OperatorReason,
  PatchUserRequest,
  User,
  UserDetail,
  UserList,
  UserListQuery,
} from '@stellar-memory/protocol';
import type { ApiKeyId, UserId } from '../domain/ids.js';

/** Who manages keys: the account's owner in person, or one of its keys, which never makes nor manages a wider one. */
export interface KeyActor {
  readonly userId: UserId;
  readonly apiKeyId: ApiKeyId | 'owner';
}

/**
 * A user's own keys. An actor sees and manages his own key and those that may do nothing he may not.
 * Errors of all: `unauthorized` when the actor's key has ended meanwhile.
 */
export interface ApiKeyService {
  list(actor: KeyActor): Promise<ApiKey[]>;
  /**
   * Errors: `quota_exceeded` (limit, used) when the tier's keys are all in use; `insufficient_scope`,
   * `agent_not_allowed` for one that would be wider than the actor's.
   */
  create(actor: KeyActor, request: CreateApiKeyRequest): Promise<CreatedApiKey>;
  /** Whether another key could be made now. Errors: `quota_exceeded` (limit, used) when not. */
  assertRoom(userId: UserId): Promise<void>;
  /**
   * A new key with the same rights; the old one works on for the overlap. Never refused by the tier's limit.
   * Errors: `not_found`; `conflict` when it was rotated already.
   */
  rotate(actor: KeyActor, id: ApiKeyId, overlapSeconds: number): Promise<CreatedApiKey>;
  /**
   * Ends a key, those that it made, and what it replaced: at once on this node, within a second on every other.
   * Errors: `not_found`.
   */
  revoke(actor: KeyActor, id: ApiKeyId): Promise<void>;
}

/** What the operator may do with accounts. Has no way to a tenant's memories. */
export interface AdminService {
  /** Errors: `conflict` when the e-mail has an account: it never answers a key for one that exists. */
  createUser(request: CreateUserRequest): Promise<CreatedUser>;
  /**
   * A further key of an account, for an owner who has none: with every right unless the request says less.
   * The tier's limit counts it but does not refuse it. Errors: `not_found`.
   */
  createKey(id: UserId, request: CreateApiKeyRequest): Promise<CreatedApiKey>;
  /** Newest first. Errors: `bad_request` for a cursor that is none. */
  listUsers(query: UserListQuery): Promise<UserList>;
  /** Errors: `not_found`. */
  getUser(id: UserId): Promise<UserDetail>;
  /**
   * Closes an account at once and erases it after seven days, without a code from its mailbox; recorded with the reason.
   * Errors: `not_found`; `conflict` when it is closed already, and for the local account, which is the data folder.
   */
  eraseUser(id: UserId, request: OperatorReason): Promise<ErasureResponse>;
  /** Gives a closed account back. Errors: `not_found`; `conflict` when it is not closed, or erasing has begun. */
  restoreUser(id: UserId, request: OperatorReason): Promise<User>;
  /** What is to be erased, and receipts. */
  listErasures(): Promise<ErasureList>;
  /**
   * Changes tier and status, and records it with the reason. Errors: `not_found`; `conflict` for the status of a closed
   * account.
   */
  patchUser(id: UserId, request: PatchUserRequest): Promise<User>;
}
