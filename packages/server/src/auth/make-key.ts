import { randomUUID } from 'node:crypto';
import { type CreateApiKeyRequest, tierLimits } from '@stellar-memory/protocol';
import { apiKeyId } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import {
  countUsableKeys,
  insertKey,
  type KeyRow,
  type KeyToInsert,
} from '../storage/statements/api-keys.js';
import { appendAudit } from '../storage/statements/audit-log.js';
import { findTier, lockTenant } from '../storage/statements/users.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { KeyActor } from './account-service.js';
import { rightsOf } from './actor-rights.js';
import { keyEntry } from './key-entry.js';
import { generateKey, keyHash, keyMarks } from './key-format.js';
import { type KeyUsage, refuseBeyondLimit } from './key-limit.js';
import { type Excess, excessOf, type KeyRights } from './key-rights.js';

/** What the database keeps of a new key's text. */
export type SecretParts = Pick<KeyToInsert, 'apiKeyId' | 'hash' | 'prefix' | 'last4'>;

/** A new key, and what is kept of it. */
export function newSecret(secret: string): SecretParts & { readonly key: string } {
  const key = generateKey();
  return { key, apiKeyId: apiKeyId(randomUUID()), hash: keyHash(key, secret)!, ...keyMarks(key) };
}

/** A key that is asked for. */
export interface Wanted {
  readonly request: CreateApiKeyRequest;
  readonly secretParts: SecretParts;
  readonly upgradeUrl: string | undefined;
}

/** Under the tenant's lock, so that of two racing requests for the last key one sees the other's. */
export async function createWithinLimit(
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
  await refuseBeyondLimit(tx, tier, used, upgradeUrl);
  const row = await insertKey(tx, {
    ...secretParts,
    ...wanted,
    name: request.name,
    expiresAt: wanted.expiresAt?.toISOString() ?? null,
    parentId: actor.apiKeyId === 'owner' ? null : actor.apiKeyId,
  });
  await appendAudit(tx, keyEntry('key.created', actor, row));
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
