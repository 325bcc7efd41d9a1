import { randomUUID } from 'node:crypto';
import {
  type ApiKey,
  type CreateApiKeyRequest,
  type CreatedApiKey,
  scopes as everyScope,
  type Tier,
  tierLimits,
} from '@stellar-memory/protocol';
import { type ApiKeyId, apiKeyId, isUuid, type UserId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  countUsableKeys,
  findUsableKey,
  insertKey,
  type KeyRow,
  type KeyToInsert,
  listKeys,
  replaceKey,
  revokeKeys,
} from '../storage/statements/api-keys.js';
import { findTier, lockTenant } from '../storage/statements/users.js';
import type { TenantDoor, TenantTransaction } from '../storage/tenant-door.js';
import type { ApiKeyService, KeyActor } from './account-service.js';
import { generateKey, keyHash, keyMarks } from './key-format.js';
import { type Excess, excessOf, type KeyRights } from './key-rights.js';

/** Keys in use; a limit of `null` is unlimited. */
export interface KeyUsage {
  readonly used: number;
  readonly limit: number | null;
}

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
    async rotate(actor, id, overlapSeconds) {
      const { key, ...secretParts } = newSecret(secret);
      const { made, ended } = await tenants.withTenant(actor.userId, async (tx) => {
        const old = await manageableKey(tx, actor, id);
        if (old.replacedBy !== null)
          throw new StellarError('conflict', { detail: `It was rotated: ${old.replacedBy}.` });
        const successor = await insertKey(tx, { ...secretParts, ...successorOf(old) });
        const replacement = { old: old.apiKeyId, successor: successor.apiKeyId, overlapSeconds };
        return { made: successor, ended: await replaceKey(tx, replacement) };
      });
      for (const hash of ended) onRevoked(hash);
      return created(made, key);
    },
    async revoke(actor, id) {
      const hashes = await tenants.withTenant(actor.userId, async (tx) => {
        const { apiKeyId } = await manageableKey(tx, actor, id);
        return revokeKeys(tx, apiKeyId);
      });
      for (const hash of hashes) onRevoked(hash);
    },
  };
}

type SecretParts = Pick<KeyToInsert, 'apiKeyId' | 'hash' | 'prefix' | 'last4'>;

function newSecret(secret: string): SecretParts & { readonly key: string } {
  const key = generateKey();
  return { key, apiKeyId: apiKeyId(randomUUID()), hash: keyHash(key, secret)!, ...keyMarks(key) };
}

/** The owner in person: nothing is withheld from him. */
const everyRight: KeyRights = { scopes: everyScope, expiresAt: null, agentId: null };

/** What the actor may do as of now. Errors: `unauthorized` when his key has ended since it was checked. */
async function rightsOf(tx: TenantTransaction, { apiKeyId }: KeyActor): Promise<KeyRights> {
  if (apiKeyId === 'owner') return everyRight;
  const key = await findUsableKey(tx, apiKeyId);
  if (key === undefined) throw new StellarError('unauthorized');
  return key;
}

const manages = (actor: KeyActor, rights: KeyRights, key: KeyRow): boolean =>
  key.apiKeyId === actor.apiKeyId || excessOf(rights, key) === undefined;

/**
 * A key that the actor may manage: his own, or one that may do nothing he may not. For any other there is no such key:
 * who rotates a key holds it afterwards. Takes the tenant's lock.
 */
async function manageableKey(
  tx: TenantTransaction,
  actor: KeyActor,
  id: ApiKeyId,
): Promise<KeyRow> {
  if (!isUuid(id)) throw new StellarError('not_found');
  const [, rights, key] = await Promise.all([
    lockTenant(tx),
    rightsOf(tx, actor),
    findUsableKey(tx, id),
  ]);
  if (key === undefined || !manages(actor, rights, key)) throw new StellarError('not_found');
  return key;
}

interface Wanted {
  readonly request: CreateApiKeyRequest;
  readonly secretParts: SecretParts;
  readonly upgradeUrl: string | undefined;
}

/** Under the tenant's lock, so that of two racing requests for the last key one sees the other's. */
async function createWithinLimit(
  tx: TenantTransaction,
  actor: KeyActor,
  { request, secretParts, upgradeUrl }: Wanted,
): Promise<{ row: KeyRow; usage: KeyUsage }> {
  const [, tier, used, held] = await Promise.all([
    lockTenant(tx),
    findTier(tx),
    countUsableKeys(tx),
    rightsOf(tx, actor),
  ]);
  if (tier === undefined) throw new StellarError('not_found');
  const wanted = wantedRights(request, held);
  refuseExcess(excessOf(held, wanted));
  refuseBeyondLimit(tier, used, upgradeUrl);
  const row = await insertKey(tx, {
    ...secretParts,
    ...wanted,
    name: request.name,
    expiresAt: wanted.expiresAt?.toISOString() ?? null,
    parentId: actor.apiKeyId === 'owner' ? null : actor.apiKeyId,
  });
  return { row, usage: { used: used + 1, limit: tierLimits[tier].apiKeys } };
}

/** What is not said is as the maker has it. */
const wantedRights = (request: CreateApiKeyRequest, held: KeyRights): KeyRights => ({
  scopes: [...new Set(request.scopes ?? held.scopes)],
  expiresAt: request.expires_at === undefined ? held.expiresAt : new Date(request.expires_at),
  agentId: request.agent_id ?? held.agentId,
});

function refuseExcess(excess: Excess | undefined): void {
  if (excess === undefined) return;
  if (excess === 'agent') throw new StellarError('agent_not_allowed');
  throw new StellarError('insufficient_scope', {
    detail:
      excess === 'scopes'
        ? 'A key cannot make one with scopes that it does not have.'
        : 'A key cannot make one that outlives it.',
  });
}

function refuseBeyondLimit(tier: Tier, used: number, upgradeUrl: string | undefined): void {
  const limit = tierLimits[tier].apiKeys;
  if (limit === null || used < limit) return;
  throw new StellarError('quota_exceeded', {
    detail: `All ${limit} API keys of the tier ${tier} are in use. Revoke one, or upgrade.`,
    limit,
    used,
    ...(upgradeUrl === undefined ? {} : { upgrade_url: upgradeUrl }),
  });
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
