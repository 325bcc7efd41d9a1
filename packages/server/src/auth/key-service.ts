import { randomUUID } from 'node:crypto';
import {
  type ApiKey,
  type CreateApiKeyRequest,
  type Tier,
  tierLimits,
} from '@stellar-memory/protocol';
import { apiKeyId, isUuid } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  countUsableKeys,
  insertKey,
  type KeyRow,
  type KeyToInsert,
  listKeys,
  revokeKey,
} from '../storage/statements/api-keys.js';
import { findTier, lockTenant } from '../storage/statements/users.js';
import type { TenantDoor, TenantTransaction } from '../storage/tenant-door.js';
import type { ApiKeyService } from './account-service.js';
import { generateKey, keyHash, keyMarks } from './key-format.js';

/** What the key service needs. */
export interface ApiKeyServiceOptions {
  readonly tenants: TenantDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
  /** Told of a revoked key's hash once the revocation is committed. */
  readonly onRevoked: (hash: string) => void;
}

/** Lists, makes and revokes a user's own keys, through the tenant door. */
export function createApiKeyService(options: ApiKeyServiceOptions): ApiKeyService {
  const { tenants, secret, onRevoked } = options;
  return {
    async list(userId) {
      const rows = await tenants.withTenant(userId, listKeys, { readOnly: true });
      return rows.map(apiKeyOf);
    },
    async create(userId, request) {
      const { key, row } = newKey(secret, request);
      const made = await tenants.withTenant(userId, (tx) => createWithinLimit(tx, row));
      return { ...apiKeyOf(made), api_key: key };
    },
    async revoke(userId, id) {
      const hash = isUuid(id)
        ? await tenants.withTenant(userId, (tx) => revokeKey(tx, id))
        : undefined;
      if (hash === undefined) throw new StellarError('not_found');
      onRevoked(hash);
    },
  };
}

function newKey(secret: string, request: CreateApiKeyRequest): { key: string; row: KeyToInsert } {
  const key = generateKey();
  const row = {
    apiKeyId: apiKeyId(randomUUID()),
    hash: keyHash(key, secret)!,
    ...keyMarks(key),
    name: request.name,
    scopes: [...new Set(request.scopes)],
    expiresAt: request.expires_at ?? null,
  };
  return { key, row };
}

/** Under the tenant's lock, so that of two racing requests for the last key one sees the other's. */
async function createWithinLimit(tx: TenantTransaction, key: KeyToInsert): Promise<KeyRow> {
  const [, tier, used] = await Promise.all([lockTenant(tx), findTier(tx), countUsableKeys(tx)]);
  if (tier === undefined) throw new StellarError('not_found');
  refuseBeyondLimit(tier, used);
  return insertKey(tx, key);
}

function refuseBeyondLimit(tier: Tier, used: number): void {
  const limit = tierLimits[tier].apiKeys;
  if (limit === null || used < limit) return;
  throw new StellarError('quota_exceeded', {
    detail: `All ${limit} API keys of the tier ${tier} are in use. Revoke one, or upgrade.`,
    limit,
    used,
  });
}

const apiKeyOf = (row: KeyRow): ApiKey => ({
  id: row.apiKeyId,
  name: row.name,
  prefix: row.prefix,
  last4: row.last4,
  scopes: row.scopes,
  created_at: row.createdAt.toISOString(),
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
  expires_at: row.expiresAt?.toISOString() ?? null,
});
