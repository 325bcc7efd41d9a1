import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** What a tenant has chosen. */
export interface TenantSettings {
  readonly mergesDuplicates: boolean;
  /** `null`: nothing is forgotten by itself. */
  readonly forgetAfterDays: number | null;
}

/** Reads what a tenant has chosen. */
export async function selectSettings(tx: TenantTransaction): Promise<TenantSettings> {
  const [row] = await tx.query(sql<TenantSettings>`
    select merges_duplicates as "mergesDuplicates", forget_after_days as "forgetAfterDays"
      from tenant_usage where user_id = ${tx.userId}`);
  if (row === undefined) throw new Error('the tenant has no counter row');
  return row;
}

/** Says whether the tenant has duplicates merged from now on. */
export async function updateMergesDuplicates(
  tx: TenantTransaction,
  merges: boolean,
): Promise<void> {
  await tx.query(sql`
    update tenant_usage set merges_duplicates = ${merges} where user_id = ${tx.userId}`);
}

/**
 * Says after how many days the tenant's memories are forgotten by themselves, `null` for never.
 *
 * @param from when the first look is taken, epoch seconds; saying the same again puts nothing off
 */
export async function updateForgetAfter(
  tx: TenantTransaction,
  days: number | null,
  from: number,
): Promise<void> {
  await tx.query(sql`
    update tenant_usage
       set forget_after_days = ${days}::int,
           forgets_at = case when ${days}::int is not null
                             then case when forget_after_days = ${days}::int then forgets_at else ${from}::float8 end end
     where user_id = ${tx.userId}`);
}
