import type { AccountStatus, Scope, Tier } from '@stellar-memory/protocol';
import type { ApiKeyId, UserId } from '../../domain/ids.js';
import { planned, sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** A key and the account it belongs to, as authentication needs them. */
export interface StoredKey {
  readonly userId: UserId;
  readonly apiKeyId: ApiKeyId;
  readonly scopes: readonly Scope[];
  readonly isActive: boolean;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  /** The one agent it may act as. */
  readonly agentId: string | null;
  readonly tier: Tier;
  /** Of the account. */
  readonly status: AccountStatus;
}

/** The key with this hash and its account: one statement, so that authentication costs one round trip. */
export async function findKey(tx: SystemTransaction, hash: string): Promise<StoredKey | undefined> {
  const rows = await tx.query(
    planned(sql<StoredKey>`
    select k.user_id as "userId", k.id as "apiKeyId", k.scopes, k.is_active as "isActive",
      k.expires_at as "expiresAt", k.last_used_at as "lastUsedAt", k.agent_id as "agentId", u.tier, u.status
    from api_keys k join users u on u.id = k.user_id
    where k.key_hash = ${hash}`),
  );
  return rows[0];
}

/** A key of an account that the same transaction makes or has found. */
export interface NewKey {
  readonly userId: UserId;
  readonly apiKeyId: ApiKeyId;
  readonly hash: string;
  readonly prefix: string;
  readonly last4: string;
  readonly name: string;
}

/** Adds a key with every scope; says nothing when the same key is there already. */
export async function insertFirstKey(tx: SystemTransaction, key: NewKey): Promise<void> {
  await tx.query(sql`
    insert into api_keys (user_id, id, key_hash, key_prefix, last4, name)
    values (${key.userId}, ${key.apiKeyId}, ${key.hash}, ${key.prefix}, ${key.last4}, ${key.name})
    on conflict (key_hash) do nothing`);
}

/** A key that the operator makes for an account. */
export interface OperatorKey extends NewKey {
  readonly scopes: readonly Scope[];
  /** ISO 8601 with offset, or `null` for a key that does not expire. */
  readonly expiresAt: string | null;
  readonly agentId: string | null;
}

/** Adds a key to an account. Answers when it was made, or `undefined` when there is no such account. */
export async function insertOperatorKey(
  tx: SystemTransaction,
  key: OperatorKey,
): Promise<Date | undefined> {
  const rows = await tx.query(sql<{ createdAt: Date }>`
    insert into api_keys (user_id, id, key_hash, key_prefix, last4, name, scopes, expires_at, agent_id)
    select id, ${key.apiKeyId}, ${key.hash}, ${key.prefix}, ${key.last4}, ${key.name}, ${key.scopes}::text[],
      ${key.expiresAt}::timestamptz, ${key.agentId}
    from users where id = ${key.userId}
    returning created_at as "createdAt"`);
  return rows[0]?.createdAt;
}

/** That a key was used. */
export interface KeyUse {
  readonly userId: UserId;
  readonly apiKeyId: ApiKeyId;
  readonly usedAtMs: number;
}

/** Writes last-used times in one statement, except where another node wrote one within the minute before. */
export async function recordKeyUses(tx: SystemTransaction, uses: readonly KeyUse[]): Promise<void> {
  await tx.query(sql`
    update api_keys k set last_used_at = used.at
    from unnest(${uses.map((use) => use.userId)}::uuid[], ${uses.map((use) => use.apiKeyId)}::uuid[],
      ${uses.map((use) => new Date(use.usedAtMs).toISOString())}::timestamptz[]) as used (user_id, id, at)
    where k.user_id = used.user_id and k.id = used.id
      and (k.last_used_at is null or k.last_used_at <= used.at - interval '1 minute')`);
}
