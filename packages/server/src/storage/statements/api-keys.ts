import type { Scope } from '@stellar-memory/protocol';
import type { ApiKeyId } from '../../domain/ids.js';
import { type Sql, sql } from '../sql.js';
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
  /** The one agent it may act as. */
  readonly agentId: string | null;
  /** The key that made it. */
  readonly parentId: ApiKeyId | null;
  /** Its successor, once it was rotated. */
  readonly replacedBy: ApiKeyId | null;
}

const columns: Sql = sql`
  id as "apiKeyId", coalesce(name, 'Default') as name, key_prefix as prefix, last4, scopes,
  created_at as "createdAt", last_used_at as "lastUsedAt", expires_at as "expiresAt",
  agent_id as "agentId", parent_id as "parentId", replaced_by as "replacedBy"`;

/** The tenant's keys that were not revoked, oldest first. */
export const listKeys = (tx: TenantTransaction): Promise<KeyRow[]> =>
  tx.query(sql<KeyRow>`
    select ${columns}
    from api_keys
    where user_id = ${tx.userId} and is_active
    order by created_at, id`);

/** A key of the tenant that opens something now: neither revoked nor expired. */
export async function findUsableKey(
  tx: TenantTransaction,
  id: ApiKeyId,
): Promise<KeyRow | undefined> {
  const rows = await tx.query(sql<KeyRow>`
    select ${columns}
    from api_keys
    where user_id = ${tx.userId} and id = ${id} and is_active
      and (expires_at is null or expires_at > now())`);
  return rows[0];
}

/**
 * How many of the tenant's keys open something now: neither revoked nor expired. One that was rotated is not counted
 * while it works on: its successor takes its place.
 */
export async function countUsableKeys(tx: TenantTransaction): Promise<number> {
  const rows = await tx.query(sql<{ usable: number }>`
    select count(*)::integer as usable
    from api_keys
    where user_id = ${tx.userId} and is_active and replaced_by is null
      and (expires_at is null or expires_at > now())`);
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
  readonly agentId: string | null;
  readonly parentId: ApiKeyId | null;
}

/** Adds a key of the tenant. */
export async function insertKey(tx: TenantTransaction, key: KeyToInsert): Promise<KeyRow> {
  const rows = await tx.query(sql<KeyRow>`
    insert into api_keys (user_id, id, key_hash, key_prefix, last4, name, scopes, expires_at, agent_id, parent_id)
    values (${tx.userId}, ${key.apiKeyId}, ${key.hash}, ${key.prefix}, ${key.last4}, ${key.name},
      ${key.scopes}::text[], ${key.expiresAt}::timestamptz, ${key.agentId}, ${key.parentId}::uuid)
    returning ${columns}`);
  return rows[0]!;
}

/** A rotation: which key, by which, and how long both work. */
export interface Replacement {
  readonly old: ApiKeyId;
  readonly successor: ApiKeyId;
  readonly overlapSeconds: number;
}

/**
 * Lets a key end after the overlap and hands what it made to its successor. What the key itself had replaced ends at
 * once, so that rotating again and again keeps two keys in use, not many. Answers the hashes that are of no use now.
 */
export async function replaceKey(tx: TenantTransaction, change: Replacement): Promise<string[]> {
  const { old, successor, overlapSeconds } = change;
  const [ended] = await Promise.all([
    tx.query(sql<{ hash: string }>`
      update api_keys set is_active = false
      where user_id = ${tx.userId} and replaced_by = ${old} and is_active
      returning key_hash as hash`),
    tx.query(sql`
      update api_keys set parent_id = ${successor}
      where user_id = ${tx.userId} and parent_id = ${old} and id <> ${successor}`),
    tx.query(sql`
      update api_keys
      set replaced_by = ${successor},
        expires_at = least(expires_at, now() + make_interval(secs => ${overlapSeconds}))
      where user_id = ${tx.userId} and id = ${old}`),
  ]);
  return ended.map(({ hash }) => hash);
}

/**
 * Revokes a key of the tenant for good, with all that it made and what it has replaced.
 * Answers the hashes of those that were in use.
 */
export async function revokeKeys(tx: TenantTransaction, id: ApiKeyId): Promise<string[]> {
  const rows = await tx.query(sql<{ hash: string }>`
    with recursive doomed (id) as (
      select id from api_keys where user_id = ${tx.userId} and id = ${id}
      union
      select k.id from doomed d
      join api_keys k on k.user_id = ${tx.userId} and (k.parent_id = d.id or k.replaced_by = d.id)
    )
    update api_keys set is_active = false
    where user_id = ${tx.userId} and is_active and id in (select id from doomed)
    returning key_hash as hash`);
  return rows.map(({ hash }) => hash);
}
