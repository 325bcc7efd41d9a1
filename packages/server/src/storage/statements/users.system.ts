import { type AccountStatus, type SoldTier, type Tier, tierLimits } from '@stellar-memory/protocol';
import type { UserId } from '../../domain/ids.js';
import { type Sql, sql } from '../sql.js';
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
      insert into users (id, email, tier)
      select ${user.userId}::uuid, ${user.email}, ${user.tier}
      where not exists (select from users where lower(email) = ${user.email})
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

/** What an account is and has, as the operator may know it: counts, nothing of what is stored. */
export interface AccountRow {
  readonly userId: UserId;
  readonly email: string;
  readonly tier: Tier;
  readonly status: AccountStatus;
  readonly createdAt: Date;
  /** `createdAt` to the microsecond, for cursors. */
  readonly createdText: string;
  readonly memories: number;
  readonly agents: number;
  readonly apiKeys: number;
}

const accounts: Sql = sql`
  select u.id as "userId", u.email, u.tier, u.status, u.created_at as "createdAt",
    u.created_at::text as "createdText",
    t.zone_0 + t.zone_1 + t.zone_2 + t.zone_3 + t.zone_4 as memories, t.agents,
    (select count(*) from api_keys k
      where k.user_id = u.id and k.is_active and k.replaced_by is null
        and (k.expires_at is null or k.expires_at > now())) as "apiKeys"
  from users u join tenant_usage t on t.user_id = u.id`;

/** One account. */
export async function findAccount(
  tx: SystemTransaction,
  userId: UserId,
): Promise<AccountRow | undefined> {
  const rows = await tx.query<AccountRow>(sql`${accounts} where u.id = ${userId}`);
  return rows[0];
}

/** Which accounts to list. */
export interface AccountSelection {
  /** Part of an e-mail address in lower case, or a whole id. */
  readonly query: string | undefined;
  /** The last account of the page before. */
  readonly after: { readonly createdText: string; readonly userId: string } | undefined;
  readonly limit: number;
}

/** Accounts, newest first. */
export const selectAccounts = (
  tx: SystemTransaction,
  { query, after, limit }: AccountSelection,
): Promise<AccountRow[]> =>
  tx.query<AccountRow>(sql`
    ${accounts}
    where true
      ${query === undefined ? sql`` : sql`and (strpos(u.email, ${query}) > 0 or u.id::text = ${query})`}
      ${
        after === undefined
          ? sql``
          : sql`and (u.created_at, u.id) < (${after.createdText}::timestamptz, ${after.userId}::uuid)`
      }
    order by u.created_at desc, u.id desc
    limit ${limit}`);

/** Opens or closes an account to its keys. False when it is to be erased, and for the local one, which stays open. */
export async function changeStatus(
  tx: SystemTransaction,
  userId: UserId,
  status: 'active' | 'suspended',
): Promise<boolean> {
  const rows = await tx.query(sql<{ userId: UserId }>`
    update users set status = ${status}, updated_at = now()
    where id = ${userId} and tier <> 'local' and status <> 'closed'
    returning id as "userId"`);
  return rows.length === 1;
}

/** An account that a mailbox opens. */
export interface MailboxOwner {
  readonly userId: UserId;
  readonly status: AccountStatus;
}

/**
 * The account of a mailbox, in whatever case v1 wrote its address; of several that differ in case only, the oldest.
 * The local account has no mailbox.
 */
export async function findUserByEmail(
  tx: SystemTransaction,
  email: string,
): Promise<MailboxOwner | undefined> {
  const rows = await tx.query(sql<MailboxOwner>`
    select id as "userId", status from users
    where lower(email) = ${email} and tier <> 'local'
    order by created_at, id limit 1`);
  return rows[0];
}
