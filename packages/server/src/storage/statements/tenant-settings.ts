import { sql } from '../sql.js';
import type { TenantTransaction } from '../tenant-door.js';

/** What a tenant has chosen. */
export interface TenantSettings {
  /** What becomes of duplicates: all are kept, or near ones are linked, or merged as the same ones are. */
  readonly duplicates: 'keep' | 'link' | 'merge';
  /** `null`: nothing is forgotten by itself. */
  readonly forgetAfterDays: number | null;
}

/** Reads what a tenant has chosen. */
export async function selectSettings(tx: TenantTransaction): Promise<TenantSettings> {
  const [row] = await tx.query(sql<TenantSettings>`
    select case when not merges_duplicates then 'keep'
                when links_near_duplicates then 'link' else 'merge' end as duplicates, forget_after_days as "forgetAfterDays"
      from tenant_usage where user_id = ${tx.userId}`);
  if (row === undefined) throw new Error('the tenant has no counter row');
  return row;
}

/** Says what becomes of the tenant's duplicates from now on. */
export async function updateDuplicates(
  tx: TenantTransaction,
  choice: TenantSettings['duplicates'],
): Promise<void> {
  await tx.query(sql`
    update tenant_usage
       set merges_duplicates = ${choice !== 'keep'}, links_near_duplicates = ${choice === 'link'}
     where user_id = ${tx.userId}`);
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
