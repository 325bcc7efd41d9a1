import type { ApiKey, CreatedApiKey } from '@stellar-memory/protocol';
import type { UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  countUsableKeys,
  insertKey,
  type KeyRow,
  type KeyToInsert,
  listKeys,
  replaceKey,
  revokeKeys,
} from '../storage/statements/api-keys.js';
import { appendAudit } from '../storage/statements/audit-log.js';
import { findTier } from '../storage/statements/users.js';
import type { TenantDoor } from '../storage/tenant-door.js';
import type { ApiKeyService } from './account-service.js';
import { manageableKey, manages, rightsOf } from './actor-rights.js';
import { keyEntry } from './key-entry.js';
import { type KeyUsage, refuseBeyondLimit } from './key-limit.js';
import { createWithinLimit, newSecret, type SecretParts } from './make-key.js';

/** What the key service needs. */
export interface ApiKeyServiceOptions {
  readonly tenants: TenantDoor;
  /** STELLAR_SECRET. */
  readonly secret: string;
  /** Told of a revoked key's hash once the revocation is committed. */
  readonly onRevoked: (hash: string) => void;
  /** Where an account without room for another key is sent to. */
  readonly upgradeUrl?: string;
  /** Told how many keys are in use after one was made. */
  readonly onUsage?: (userId: UserId, usage: KeyUsage) => void;
}

/** Lists, makes, rotates and revokes a user's own keys, through the tenant door. */
export function createApiKeyService(options: ApiKeyServiceOptions): ApiKeyService {
  const { tenants, secret, onRevoked } = options;
  return {
    async list(actor) {
      const [rows, rights] = await tenants.withTenant(
        actor.userId,
        (tx) => Promise.all([listKeys(tx), rightsOf(tx, actor)]),
        { readOnly: true },
      );
      return rows.filter((row) => manages(actor, rights, row)).map(apiKeyOf);
    },
    async create(actor, request) {
      const { key, ...secretParts } = newSecret(secret);
      const { row, usage } = await tenants.withTenant(actor.userId, (tx) =>
        createWithinLimit(tx, actor, { request, secretParts, upgradeUrl: options.upgradeUrl }),
      );
      options.onUsage?.(actor.userId, usage);
      return created(row, key);
    },
    assertRoom: (userId) =>
      tenants.withTenant(
        userId,
        async (tx) => {
          const [tier, used] = await Promise.all([findTier(tx), countUsableKeys(tx)]);
          if (tier === undefined) throw new StellarError('not_found');
          await refuseBeyondLimit(tx, tier, used, options.upgradeUrl);
        },
        { readOnly: true },
      ),
    async rotate(actor, id, overlapSeconds) {
      const { key, ...secretParts } = newSecret(secret);
      const { made, ended } = await tenants.withTenant(actor.userId, async (tx) => {
        const old = await manageableKey(tx, actor, id);
        if (old.replacedBy !== null)
          throw new StellarError('conflict', { detail: `It was rotated: ${old.replacedBy}.` });
        const successor = await insertKey(tx, { ...secretParts, ...successorOf(old) });
        const replacement = { old: old.apiKeyId, successor: successor.apiKeyId, overlapSeconds };
        const endedHashes = await replaceKey(tx, replacement);
        await appendAudit(tx, keyEntry('key.rotated', actor, successor, old.apiKeyId));
        return { made: successor, ended: endedHashes };
      });
      for (const hash of ended) onRevoked(hash);
      return created(made, key);
    },
    async revoke(actor, id) {
      const hashes = await tenants.withTenant(actor.userId, async (tx) => {
        const key = await manageableKey(tx, actor, id);
        const ended = await revokeKeys(tx, key.apiKeyId);
        await appendAudit(tx, keyEntry('key.revoked', actor, key));
        return ended;
      });
      for (const hash of hashes) onRevoked(hash);
    },
  };
}

const successorOf = (old: KeyRow): Omit<KeyToInsert, keyof SecretParts> => ({
  name: old.name,
  scopes: old.scopes,
  expiresAt: old.expiresAt?.toISOString() ?? null,
  agentId: old.agentId,
  parentId: old.parentId,
});

const created = (row: KeyRow, key: string): CreatedApiKey => ({ ...apiKeyOf(row), api_key: key });

const apiKeyOf = (row: KeyRow): ApiKey => ({
  id: row.apiKeyId,
  name: row.name,
  prefix: row.prefix,
  last4: row.last4,
  scopes: row.scopes,
  created_at: row.createdAt.toISOString(),
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
  expires_at: row.expiresAt?.toISOString() ?? null,
  agent_id: row.agentId,
  parent_id: row.parentId,
  replaced_by: row.replacedBy,
});
