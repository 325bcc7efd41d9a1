import { type SoldTier, type Tier, tierLimits } from '@stellar-memory/protocol';
import type { UserId } from '../../domain/ids.js';
import { sql } from '../sql.js';
import type { SystemTransaction } from '../system-door.system.js';

/** An account to be made. */
export interface NewUser {
  readonly userId: UserId;
  /** Trimmed and in lower case. */
  readonly email: string;
  readonly tier: Tier;
}

/** Makes an account with its usage row, in one statement. False when the e-mail has an account already. */
export async function insertUser(tx: SystemTransaction, user: NewUser): Promise<boolean> {
  const { memories, agents } = tierLimits[user.tier];
  const rows = await tx.query(sql<{ userId: UserId }>`
    with made as (
      insert into users (id, email, tier) values (${user.userId}, ${user.email}, ${user.tier})
      on conflict (email) do nothing
      returning id
    )
    insert into tenant_usage (user_id, memory_limit, agent_limit)
    select id, ${memories}::bigint, ${agents}::integer from made
    returning user_id as "userId"`);
  return rows.length === 1;
}

/** An account as the operator sees it. */
export interface UserRow {
  readonly userId: UserId;
  readonly email: string;
  readonly tier: Tier;
}

/** The account of an embedded data folder, once it was made. */
export async function findLocalUser(tx: SystemTransaction): Promise<UserId | undefined> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    select id as "userId" from users where tier = 'local' order by created_at limit 1`);
  return rows[0]?.userId;
}

/** Changes the tier of an account and what it may store, together. The local account's tier never changes. */
export async function changeTier(
  tx: SystemTransaction,
  userId: UserId,
  tier: SoldTier,
): Promise<UserRow | undefined> {
  const { memories, agents } = tierLimits[tier];
  const rows = await tx.query(sql<UserRow>`
    with limited as (
      update tenant_usage set memory_limit = ${memories}::bigint, agent_limit = ${agents}::integer
      from users
      where tenant_usage.user_id = ${userId} and users.id = ${userId} and users.tier <> 'local'
    )
    update users set tier = ${tier}, updated_at = now()
    where id = ${userId} and tier <> 'local'
    returning id as "userId", email, tier`);
  return rows[0];
}
