import { scopes as everyScope } from '@stellar-memory/protocol';
import { type ApiKeyId, isUuid } from '../domain/ids.js';
import { StellarError } from '../domain/stellar-error.js';
import { findUsableKey, type KeyRow } from '../storage/statements/api-keys.js';
import { lockTenant } from '../storage/statements/users.js';
import type { TenantTransaction } from '../storage/tenant-door.js';
import type { KeyActor } from './account-service.js';
import { excessOf, type KeyRights } from './key-rights.js';

/** The owner in person: nothing is withheld from him. */
const everyRight: KeyRights = { scopes: everyScope, expiresAt: null, agentId: null };

/** What the actor may do as of now. Errors: `unauthorized` when his key has ended since it was checked. */
export async function rightsOf(tx: TenantTransaction, { apiKeyId }: KeyActor): Promise<KeyRights> {
  if (apiKeyId === 'owner') return everyRight;
  const key = await findUsableKey(tx, apiKeyId);
  if (key === undefined) throw new StellarError('unauthorized');
  return key;
}

/** Whether the key is the actor's own, or may do nothing he may not. */
export const manages = (actor: KeyActor, rights: KeyRights, key: KeyRow): boolean =>
  key.apiKeyId === actor.apiKeyId || excessOf(rights, key) === undefined;

/**
 * A key that the actor may manage: his own, or one that may do nothing he may not. For any other there is no such key:
 * who rotates a key holds it afterwards. Takes the tenant's lock.
 */
export async function manageableKey(
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
