import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** What can run out. */
export type Resource = 'memories' | 'agents' | 'api_keys';

/** That so many percent of a limit are in use. */
export interface UsageWarning {
  readonly resource: Resource;
  readonly percent: number;
  readonly limit: number;
}

/** Records warnings, of which the highest is to be mailed; answers those that were never given before. */
export const insertWarnings = (
  tx: TenantTransaction,
  warnings: readonly UsageWarning[],
): Promise<UsageWarning[]> =>
  tx.query(sql<UsageWarning>`
    insert into usage_warnings (user_id, resource, percent, limit_value, mail_due_at)
    select ${tx.userId}, w.resource, w.percent, w.limit_value,
           case when w.percent = max(w.percent) over () then now() end
      from unnest(${warnings.map(({ resource }) => resource)}::text[],
                  ${warnings.map(({ percent }) => percent)}::integer[],
                  ${warnings.map(({ limit }) => limit)}::bigint[]) as w (resource, percent, limit_value)
    on conflict do nothing
    returning resource, percent, limit_value as "limit"`);

/** Every warning that the tenant was given, newest first. */
export const selectWarnings = (
  tx: TenantTransaction,
): Promise<(UsageWarning & { readonly warnedAt: Date })[]> =>
  tx.query(sql<UsageWarning & { readonly warnedAt: Date }>`
    select resource, percent, limit_value as "limit", warned_at as "warnedAt"
      from usage_warnings where user_id = ${tx.userId}
     order by warned_at desc, percent desc limit 100`);
