import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** Something that is held about an account: its kind, and the row without what opens anything. */
export interface AccountDatum {
  readonly type:
    | 'user'
    | 'key'
    | 'session'
    | 'subscription'
    | 'v1_event'
    | 'usage'
    | 'warning'
    | 'agent'
    | 'operator_action'
    | 'forgotten';
  readonly data: Record<string, unknown>;
}

/** What is held about the tenant's account, but for its memories and what has pages. */
export const selectAccountData = (tx: TenantTransaction): Promise<AccountDatum[]> =>
  tx.query(sql<AccountDatum>`
    select 'user' as type, to_jsonb(r) as data
      from (select id, email, tier, status, created_at, updated_at from users where id = ${tx.userId}) r
    union all
    select 'key', to_jsonb(r)
      from (select id, name, key_prefix as prefix, last4, scopes, is_active, created_at, last_used_at, expires_at,
                   agent_id, parent_id, replaced_by
              from api_keys where user_id = ${tx.userId}) r
    union all
    select 'session', to_jsonb(r)
      from (select id, user_agent, created_at, expires_at from sessions where user_id = ${tx.userId}) r
    union all
    select 'subscription', to_jsonb(r) - 'user_id' from subscriptions r where user_id = ${tx.userId}
    union all
    select 'v1_event', to_jsonb(r) - 'user_id' from subscription_events r where user_id = ${tx.userId}
    union all
    select 'usage', to_jsonb(r) - 'user_id' from tenant_usage r where user_id = ${tx.userId}
    union all
    select 'warning', to_jsonb(r) - 'user_id' from usage_warnings r where user_id = ${tx.userId}
    union all
    select 'agent', to_jsonb(r) - 'user_id' from agents r where user_id = ${tx.userId}
    union all
    select 'operator_action', to_jsonb(r) - 'user_id' from operator_actions r where user_id = ${tx.userId}`);

/** The next forgotten memories behind an id, whole: as they were, with recalls and versions. */
export const selectForgottenBehind = (
  tx: TenantTransaction,
  after: string | undefined,
  limit: number,
): Promise<AccountDatum[]> =>
  tx.query(sql<AccountDatum>`
    select 'forgotten' as type, to_jsonb(r) - 'user_id' as data from forgotten_memories r
     where user_id = ${tx.userId}
       ${after === undefined ? sql`` : sql`and memory_id > ${after}`}
     order by memory_id limit ${limit}`);
