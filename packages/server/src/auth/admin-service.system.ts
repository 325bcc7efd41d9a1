import { randomUUID } from 'node:crypto';
import {
  type CreateApiKeyRequest,
  type CreatedApiKey,
  type SoldTier,
  scopes,
  type Tier,
} from '@stellar-memory/protocol';
import { apiKeyId, isUuid, type UserId, userId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  insertFirstKey,
  insertOperatorKey,
  type NewKey,
  type OperatorKey,
} from '../storage/statements/api-keys.system.js';
import { changeTier, insertUser, type NewUser } from '../storage/statements/users.system.js';
import type { SystemDoor } from '../storage/system-door.system.js';
import type { AdminService } from './account-service.js';
import { generateKey, keyHash, keyMarks } from './key-format.js';

/** What the admin service needs. */
export interface AdminServiceOptions {
  readonly system: SystemDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
}

/** Makes accounts and changes their tier, through the system door. */
export function createAdminService({ system, secret }: AdminServiceOptions): AdminService {
  return {
    async createUser({ email, tier }) {
      const user = newUser(email, tier);
      const key = generateKey();
      await system.asSystem(async (tx) => {
        if (!(await insertUser(tx, user)))
          throw new StellarError('conflict', { detail: 'This e-mail has an account already.' });
        await insertFirstKey(tx, firstKey(user.userId, key, secret, 'First key'));
      });
      return { user_id: user.userId, email, tier, api_key: key };
    },
    async createKey(id, request) {
      const key = generateKey();
      const parts = { ...firstKey(id, key, secret, request.name), ...rightsOf(request) };
      const madeAt = isUuid(id)
        ? await system.asSystem((tx) => insertOperatorKey(tx, parts))
        : undefined;
      if (madeAt === undefined) throw noAccount();
      return createdKey(parts, madeAt, key);
    },
    async patchUser(id, { tier }) {
      const changed = isUuid(id) ? await assignTier(system, id, tier) : undefined;
      if (changed === undefined) throw noAccount();
      return { user_id: changed.userId, email: changed.email, tier };
    },
  };
}

const noAccount = (): StellarError =>
  new StellarError('not_found', { detail: 'No account with this id can be changed.' });

const rightsOf = (request: CreateApiKeyRequest) => ({
  scopes: [...new Set(request.scopes ?? scopes)],
  expiresAt: request.expires_at === undefined ? null : new Date(request.expires_at).toISOString(),
  agentId: request.agent_id ?? null,
});

const createdKey = (made: OperatorKey, madeAt: Date, key: string): CreatedApiKey => ({
  id: made.apiKeyId,
  name: made.name,
  prefix: made.prefix,
  last4: made.last4,
  scopes: [...made.scopes],
  created_at: madeAt.toISOString(),
  last_used_at: null,
  expires_at: made.expiresAt,
  agent_id: made.agentId,
  parent_id: null,
  replaced_by: null,
  api_key: key,
});

const assignTier = (system: SystemDoor, id: UserId, tier: SoldTier) =>
  system.asSystem((tx) => changeTier(tx, id, tier));

/** An account with an id of its own. */
export const newUser = (email: string, tier: Tier): NewUser => ({
  userId: userId(randomUUID()),
  email,
  tier,
});

/** The key an account starts with: every scope, no expiry. */
export const firstKey = (owner: UserId, key: string, secret: string, name: string): NewKey => ({
  userId: owner,
  apiKeyId: apiKeyId(randomUUID()),
  hash: keyHash(key, secret)!,
  ...keyMarks(key),
  name,
});
