import type { Scope } from '@stellar-memory/protocol';
import type { ApiKeyId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** A key as its owner may see it: nothing that opens anything. */
export interface KeyRow {
  readonly apiKeyId: ApiKeyId;
  readonly name: string;
  readonly prefix: string;
  readonly last4: string;
  readonly scopes: Scope[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

/** The tenant's keys that were not revoked, oldest first. */
export const listKeys = (tx: TenantTransaction): Promise<KeyRow[]> =>
  tx.query(sql<KeyRow>`
    select id as "apiKeyId", coalesce(name, 'Default') as name, key_prefix as prefix, last4, scopes, created_at as "createdAt",
      last_used_at as "lastUsedAt", expires_at as "expiresAt"
    from api_keys
    where user_id = ${tx.userId} and is_active
    order by created_at, id`);

/** How many of the tenant's keys open something now: neither revoked nor expired. */
export async function countUsableKeys(tx: TenantTransaction): Promise<number> {
  const rows = await tx.query(sql<{ usable: number }>`
    select count(*)::integer as usable
    from api_keys
    where user_id = ${tx.userId} and is_active and (expires_at is null or expires_at > now())`);
  return rows[0]?.usable ?? 0;
}

/** What a new key of the tenant is made of. */
export interface KeyToInsert {
  readonly apiKeyId: ApiKeyId;
  readonly hash: string;
  readonly prefix: string;
  readonly last4: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** ISO 8601 with offset, or `null` for a key that does not expire. */
  readonly expiresAt: string | null;
}

/** Adds a key of the tenant. */
export async function insertKey(tx: TenantTransaction, key: KeyToInsert): Promise<KeyRow> {
  const rows = await tx.query(sql<KeyRow>`
    insert into api_keys (user_id, id, key_hash, key_prefix, last4, name, scopes, expires_at)
    values (${tx.userId}, ${key.apiKeyId}, ${key.hash}, ${key.prefix}, ${key.last4}, ${key.name},
      ${key.scopes}::text[], ${key.expiresAt}::timestamptz)
    returning id as "apiKeyId", name, key_prefix as prefix, last4, scopes, created_at as "createdAt",
      last_used_at as "lastUsedAt", expires_at as "expiresAt"`);
  return rows[0]!;
}

/** Revokes a key of the tenant for good. Answers its hash, or `undefined` when there is no such usable key. */
export async function revokeKey(tx: TenantTransaction, id: ApiKeyId): Promise<string | undefined> {
  const rows = await tx.query(sql<{ hash: string }>`
    update api_keys set is_active = false
    where user_id = ${tx.userId} and id = ${id} and is_active
    returning key_hash as hash`);
  return rows[0]?.hash;
}
