import type {
  ApiKey,
  CreateApiKeyRequest,
  CreatedApiKey,
  CreatedUser,
  CreateUserRequest,
  PatchUserRequest,
  User,
} from '@stellar-memory/protocol';
import type { ApiKeyId, UserId } from '../domain/ids.js';

/** A user's own keys. */
export interface ApiKeyService {
  list(userId: UserId): Promise<ApiKey[]>;
  /** Errors: `quota_exceeded` (limit, used) when the tier's keys are all in use. */
  create(userId: UserId, request: CreateApiKeyRequest): Promise<CreatedApiKey>;
  /** Effective at once on this node, within a second on every other. Errors: `not_found`. */
  revoke(userId: UserId, id: ApiKeyId): Promise<void>;
}

/** What the operator may do with accounts. Has no way to a tenant's memories. */
export interface AdminService {
  /** Errors: `conflict` when the e-mail has an account: it never answers a key for one that exists. */
  createUser(request: CreateUserRequest): Promise<CreatedUser>;
  /** Errors: `not_found`. */
  patchUser(id: UserId, request: PatchUserRequest): Promise<User>;
}
